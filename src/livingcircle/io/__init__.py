"""Read and write the files people really have: Excel, CSV, GeoPackage, shapefile, OSM."""
