var GREETINGS = {
  en: 'Hello',
  fr: 'Bonjour',
  de: 'Guten Tag',
  sw: 'Habari',
};

function greet(name, language) {
  var word = GREETINGS[language] || GREETINGS.en;
  return word + ', ' + name + '!';
}

function main(input) {
  return { greeting: greet(input.name, input.language) };
}
