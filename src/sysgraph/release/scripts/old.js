// For browsers that know no modules, and so cannot run what answers: the page says what to do.
document.getElementById("instead").hidden = false;
