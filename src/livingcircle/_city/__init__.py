"""Keep a city on disk, one partition a district, and work through it district by district."""
