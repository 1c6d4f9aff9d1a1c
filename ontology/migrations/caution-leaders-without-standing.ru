#+ summary: caution:leaders-without-standing is now gate:leaders-not-accepted
#+ description: >
#+   It closes the type on 'led', where the caution stood beside it; it holds under the same condition. Run it over data
#+   of your own that point to the old name; what sysgraph itself concluded is made anew by loading.
#+ since: Unreleased, after 0.1.0
PREFIX caution: <https://w3id.org/sysgraph/caution/>
PREFIX gate: <https://w3id.org/sysgraph/gate/>
PREFIX sysg: <https://w3id.org/sysgraph/>

DELETE {
  GRAPH ?graph { ?thing ?how caution:leaders-without-standing . }
}
INSERT {
  GRAPH ?graph { ?thing ?now gate:leaders-not-accepted . }
}
WHERE {
  GRAPH ?graph { ?thing ?how caution:leaders-without-standing . }
  BIND (IF(?how = sysg:isCautionedBy, sysg:isGatedBy, ?how) AS ?now)
} ;
DELETE {
  ?thing ?how caution:leaders-without-standing .
}
INSERT {
  ?thing ?now gate:leaders-not-accepted .
}
WHERE {
  ?thing ?how caution:leaders-without-standing .
  BIND (IF(?how = sysg:isCautionedBy, sysg:isGatedBy, ?how) AS ?now)
}
