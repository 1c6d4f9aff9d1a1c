#+ summary: caution:process-cannot-bind is now caution:levers-outside
#+ description: >
#+   It warns under the same condition of the same type. The gate answer-lies-outside asks besides that nothing was
#+   promised. Run it over data of your own that point to the old name; what sysgraph itself concluded is made anew by
#+   loading.
#+ since: Unreleased, after 0.1.0
PREFIX caution: <https://w3id.org/sysgraph/caution/>

DELETE {
  GRAPH ?graph { ?thing ?how caution:process-cannot-bind . }
}
INSERT {
  GRAPH ?graph { ?thing ?how caution:levers-outside . }
}
WHERE {
  GRAPH ?graph { ?thing ?how caution:process-cannot-bind . }
} ;
DELETE {
  ?thing ?how caution:process-cannot-bind .
}
INSERT {
  ?thing ?how caution:levers-outside .
}
WHERE {
  ?thing ?how caution:process-cannot-bind .
}
