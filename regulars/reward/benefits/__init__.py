"""One benefit a file; the catalogue lists them."""
