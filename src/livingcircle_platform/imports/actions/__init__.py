"""Do what people ask of a batch: ``asking`` brings it in, ``deciding`` writes it or takes it back."""
