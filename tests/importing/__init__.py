"""The importer on real files that lie beside the project."""
