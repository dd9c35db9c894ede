) x
