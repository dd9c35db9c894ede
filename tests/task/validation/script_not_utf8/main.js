// ok
let a = "é";
