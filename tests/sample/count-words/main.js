function main(input) {
  var counts = {};
  var words = input.text.toLowerCase().split(/[^\wÀ-ÿ']+/);
  for (var i = 0; i < words.length; i++) {
    if (words[i] !== '') counts[words[i]] = (counts[words[i]] || 0) + 1;
  }
  return { counts: counts };
}
