"""Made-up data, where an application of yours has its database."""
