# Definitions that every expression in a type's file can use.

# XML has only strings.
def num: if . == null or . == "" then null elif type == "number" then . else tonumber end;
def bool: if . == null or . == "" then null elif type == "boolean" then . else . == "true" end;

# A document that arrives as text: JSON, or percent-encoded JSON as IAM has it. What isn't JSON stays a string.
# An empty text is no JSON either, though parsing it gives nothing rather than an error.
def json: if type != "string" then . else . as $s | [try fromjson catch $s] | if length == 1 then .[0] else $s end end;
def urljson: if type != "string" then . else @urid | json end;

# CloudFormation leaves empty lists and objects out.
def nonempty: if . == [] or . == {} or . == "" then null else . end;

# Tag lists of all spellings, as an object and in CloudFormation's form.
def tagmap: if . == null then {} elif type == "object" then . else
  map({key: (.Key // .key // .TagKey), value: (.Value // .value // .TagValue // "")}) | from_entries end;
def cfntags: tagmap | to_entries | map({Key: .key, Value: .value}) | nonempty;

# Pagination by marker. A service that says "more" without saying where makes the listing incomplete.
def marker(more; m): if (more | bool) then (m // error("the service says there is more, but not where")) else null end;

# Keys with a capital first letter, all the way down. Maps with keys of the user's own must be put back afterwards.
def capital: if . == "" then . else (.[0:1] | ascii_upcase) + .[1:] end;
def pascal: walk(if type == "object" then with_entries(.key |= capital) else . end);

# Epoch seconds or RFC 3339, as a timestamp of whole seconds or as it is.
def when: if type == "number" then (floor | todate) else . end;
