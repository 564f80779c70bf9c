"""The pages of reports as pictures, and the tables of exports."""
