"""Do what people ask of a batch: bring it in, write it into the record, take it back."""
