"""One metric a file; the catalogue lists them."""
