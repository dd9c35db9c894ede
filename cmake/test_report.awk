# Reads ctest's JUnit report: prints each skipped test with its reason, then "N passed, N failed".

function attribute(name, rest) {
  rest = $0
  if (!sub(".*[ \t]" name "=\"", "", rest)) return ""
  sub("\".*", "", rest)
  return rest
}

function unescape(text) {
  gsub(/&lt;/, "<", text)
  gsub(/&gt;/, ">", text)
  gsub(/&quot;/, "\"", text)
  gsub(/&apos;/, "'", text)
  gsub(/&amp;/, "\\&", text)
  return text
}

function end_case() {
  if (name == "") return
  if (state == "fail") failed++
  else if (state == "notrun") print "skipped: " name ": " (reason == "" ? "no reason given" : reason)
  else if (state == "run") passed++
  name = ""
}

/<testcase / {
  end_case()
  name = unescape(attribute("name"))
  state = attribute("status")
  reason = ""
  takes_next = 0
  next
}

# GoogleTest prints "file:line: Skipped", then the reason.
takes_next && reason == "" && NF { reason = unescape($0); takes_next = 0 }
/: Skipped$/ { takes_next = 1 }
# Tests that are scripts say "SKIP: reason".
/SKIP: / { reason = $0; sub(/.*SKIP: /, "", reason); reason = unescape(reason) }

END {
  end_case()
  printf "%d passed, %d failed\n", passed, failed
}
