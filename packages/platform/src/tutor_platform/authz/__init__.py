"""Who acts, and the doors through which tenant-owned rows are fetched."""
