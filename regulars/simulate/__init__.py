"""A made-up brand whose truth is known: what estimators, demonstrations and tests are judged against."""
