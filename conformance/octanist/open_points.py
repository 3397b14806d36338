"""Which reading of each open point of Octanist a target follows: the function `xx_01` asks about XX-01."""
