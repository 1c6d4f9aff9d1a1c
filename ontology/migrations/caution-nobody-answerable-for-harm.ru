#+ summary: caution:nobody-answerable-for-harm is now gate:nobody-answers-for-danger
#+ description: >
#+   It closes the type on 'led', where the caution stood beside it, and asks besides for one of six aims: what was
#+   concluded from the stakes alone may hold no longer. Run it over data of your own that point to the old name; what
#+   sysgraph itself concluded is made anew by loading.
#+ since: Unreleased, after 0.1.0
PREFIX caution: <https://w3id.org/sysgraph/caution/>
PREFIX gate: <https://w3id.org/sysgraph/gate/>
PREFIX sysg: <https://w3id.org/sysgraph/>

DELETE {
  GRAPH ?graph { ?thing ?how caution:nobody-answerable-for-harm . }
}
INSERT {
  GRAPH ?graph { ?thing ?now gate:nobody-answers-for-danger . }
}
WHERE {
  GRAPH ?graph { ?thing ?how caution:nobody-answerable-for-harm . }
  BIND (IF(?how = sysg:isCautionedBy, sysg:isGatedBy, ?how) AS ?now)
} ;
DELETE {
  ?thing ?how caution:nobody-answerable-for-harm .
}
INSERT {
  ?thing ?now gate:nobody-answers-for-danger .
}
WHERE {
  ?thing ?how caution:nobody-answerable-for-harm .
  BIND (IF(?how = sysg:isCautionedBy, sysg:isGatedBy, ?how) AS ?now)
}
