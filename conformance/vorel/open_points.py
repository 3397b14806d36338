"""Which reading of each open point of Vorel a target follows: the function `xx_01` asks about XX-01."""
