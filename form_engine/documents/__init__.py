"""A form's document: what may stand in it, what it means, what is wrong with it, and how it is read into a form."""
