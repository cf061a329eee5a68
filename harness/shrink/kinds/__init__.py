"""The kinds of pieces, a file each: it says which pieces a case has, and what the case is without some of them."""
