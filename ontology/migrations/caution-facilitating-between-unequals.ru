#+ summary: caution:facilitating-between-unequals is now gate:talks-under-threat
#+ description: >
#+   It closes the type on 'led', where the caution stood beside it, and is set aside where whoever can say yes is bound
#+   beforehand. Run it over data of your own that point to the old name; what sysgraph itself concluded is made anew by
#+   loading.
#+ since: Unreleased, after 0.1.0
PREFIX caution: <https://w3id.org/sysgraph/caution/>
PREFIX gate: <https://w3id.org/sysgraph/gate/>
PREFIX sysg: <https://w3id.org/sysgraph/>

DELETE {
  GRAPH ?graph { ?thing ?how caution:facilitating-between-unequals . }
}
INSERT {
  GRAPH ?graph { ?thing ?now gate:talks-under-threat . }
}
WHERE {
  GRAPH ?graph { ?thing ?how caution:facilitating-between-unequals . }
  BIND (IF(?how = sysg:isCautionedBy, sysg:isGatedBy, ?how) AS ?now)
} ;
DELETE {
  ?thing ?how caution:facilitating-between-unequals .
}
INSERT {
  ?thing ?now gate:talks-under-threat .
}
WHERE {
  ?thing ?how caution:facilitating-between-unequals .
  BIND (IF(?how = sysg:isCautionedBy, sysg:isGatedBy, ?how) AS ?now)
}
