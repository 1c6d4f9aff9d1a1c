#+ summary: caution:displacing-the-organised is now gate:over-the-organised
#+ description: >
#+   It closes the type on 'led', where the caution stood beside it, and is set aside where whoever drives the change was
#+   invited or is accepted. Run it over data of your own that point to the old name; what sysgraph itself concluded is
#+   made anew by loading.
#+ since: Unreleased, after 0.1.0
PREFIX caution: <https://w3id.org/sysgraph/caution/>
PREFIX gate: <https://w3id.org/sysgraph/gate/>
PREFIX sysg: <https://w3id.org/sysgraph/>

DELETE {
  GRAPH ?graph { ?thing ?how caution:displacing-the-organised . }
}
INSERT {
  GRAPH ?graph { ?thing ?now gate:over-the-organised . }
}
WHERE {
  GRAPH ?graph { ?thing ?how caution:displacing-the-organised . }
  BIND (IF(?how = sysg:isCautionedBy, sysg:isGatedBy, ?how) AS ?now)
} ;
DELETE {
  ?thing ?how caution:displacing-the-organised .
}
INSERT {
  ?thing ?now gate:over-the-organised .
}
WHERE {
  ?thing ?how caution:displacing-the-organised .
  BIND (IF(?how = sysg:isCautionedBy, sysg:isGatedBy, ?how) AS ?now)
}
