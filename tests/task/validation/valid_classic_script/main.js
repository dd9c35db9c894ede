'use strict';
module.exports = async (input) => ({ ...input });
