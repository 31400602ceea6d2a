"""Grades that come with Regulars; `catalogue.GRADES` lists which are on."""
