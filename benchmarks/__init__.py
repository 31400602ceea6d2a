"""What Regulars costs and how well its intervals cover: each module prints its figures when run by itself."""
