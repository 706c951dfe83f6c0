"""The adviser (参谋): what a better total would be, what the declared rule costs against it, and what a change would do.

Owns plans, bounds and comparisons over plain arrays. It is never the ruler: nobody is granted anything by it, and no
procedure reads it.
"""
