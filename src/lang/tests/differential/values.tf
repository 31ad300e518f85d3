# Expressions whose values the differential test compares with Terraform's.

locals {
  literal_001 = null
  literal_002 = true
  literal_003 = false
  literal_004 = 0
  literal_005 = -0
  literal_006 = 1
  literal_007 = 1.5
  literal_008 = 1e3
  literal_009 = 1e-3
  literal_010 = 1E+2
  literal_011 = 0.1
  literal_012 = 0.30000000000000004
  literal_013 = 123456789012345678901234567890
  literal_014 = 1e100
  literal_015 = 1.0
  literal_016 = 100000000000000000000.5
  literal_017 = 0.000000000000000000000000000001
  literal_018 = ""
  literal_019 = "a"
  literal_020 = "é"
  literal_021 = "e\u0301"
  literal_022 = "\u00e9\U0001F600"
  literal_023 = "a\tb\nc\"d\\e\r"
  literal_024 = "$${a} %%{b} $a %b $$ %%"
  literal_025 = "tab	inside"
  literal_026 = []
  literal_027 = {}
  literal_028 = [1, "a", true, null]
  literal_029 = [[], {}]
  literal_030 = {a = 1}
  literal_031 = {"a b" = 1, c-d = 2}
  literal_032 = {a = 1, a = 2}
  literal_033 = {a = 1, "a" = 2}
  literal_034 = {true = 1, false = 2, null = 3}
  literal_035 = {1 = "x", 1.5 = "y"}
  literal_036 = {a : 1, b : 2}
  literal_037 = {a = {b = {c = [1, {d = 2}]}}}
  literal_038 = (1)
  literal_039 = ((("a")))
}

locals {
  operator_001 = 1 + 2
  operator_002 = 1 - 2
  operator_003 = 2 * 3
  operator_004 = 7 / 2
  operator_005 = 7 % 3
  operator_006 = -7 % 3
  operator_007 = 7 % -3
  operator_008 = 7.5 % 2
  operator_009 = 1 / 3
  operator_010 = 2 / 3
  operator_011 = 10 / 3
  operator_012 = 1 + 2 * 3
  operator_013 = (1 + 2) * 3
  operator_014 = 10 - 4 - 3
  operator_015 = 2 * 3 % 4
  operator_016 = 100 / 10 / 2
  operator_017 = -(-3)
  operator_018 = -(1 + 2)
  operator_019 = - 5
  operator_020 = !true
  operator_021 = !!true
  operator_022 = !"true"
  operator_023 = "1" + 1
  operator_024 = "1.5" * "2"
  operator_025 = 0.1 + 0.2
  operator_026 = 1e30 + 1
  operator_027 = 1e100 + 1
  operator_028 = 99999999999999999999999999 * 99999999999999999999999999
  operator_029 = 1 < 2
  operator_030 = 2 < 1
  operator_031 = 1 <= 1
  operator_032 = 2 > 1
  operator_033 = 1 >= 2
  operator_034 = "2" < "10"
  operator_035 = 1 == 1
  operator_036 = 1 == 1.0
  operator_037 = 1 == "1"
  operator_038 = "a" == "a"
  operator_039 = "a" != "b"
  operator_040 = true == "true"
  operator_041 = null == null
  operator_042 = null == 1
  operator_043 = "" == null
  operator_044 = [] == []
  operator_045 = [1] == [1]
  operator_046 = [1] == ["1"]
  operator_047 = [1, 2] != [2, 1]
  operator_048 = {a = 1} == {a = 1}
  operator_049 = {a = 1} == {a = "1"}
  operator_050 = {a = 1} == {b = 1}
  operator_051 = {a = null} == {a = null}
  operator_052 = {} == []
  operator_053 = tolist([1]) == [1]
  operator_054 = tolist([1]) == tolist([1])
  operator_055 = toset([1, 2]) == toset([2, 1])
  operator_056 = tomap({a = 1}) == {a = 1}
  operator_057 = true && true
  operator_058 = true && false
  operator_059 = false || true
  operator_060 = false || false
  operator_061 = "true" && true
  operator_062 = true || false && false
  operator_063 = !false && true
  operator_064 = 1 + 1 == 2
  operator_065 = 1 < 2 == true
  operator_066 = 1 == 2 ? "a" : "b"
  operator_067 = 5 > 3 && 3 > 1
  operator_068 = 1 + 2 < 4 && 2 * 2 == 4 || false
}

locals {
  access_001 = {a = 1}.a
  access_002 = {a = 1}["a"]
  access_003 = {"a b" = 1}["a b"]
  access_004 = {a = {b = 2}}.a.b
  access_005 = [1, 2, 3][0]
  access_006 = [1, 2, 3][1 + 1]
  access_007 = [1, 2, 3]["1"]
  access_008 = [[1, 2], [3]][0][1]
  access_009 = [{a = [1]}][0].a[0]
  access_010 = ["x"].0
  access_011 = [["x"]].0[0]
  access_012 = {1 = "x"}[1]
  access_013 = {1 = "x"}["1"]
  access_014 = {true = "x"}[true]
  access_015 = tomap({a = 1}).a
  access_016 = tomap({a = 1})["a"]
  access_017 = tolist(["a"])[0]
  access_018 = tolist(["a"]).0
  access_019 = {a = null}.a
  access_020 = [null][0]
  access_021 = upper("a")
  access_022 = split(",", "a,b")[1]
  access_023 = (true ? [1] : [2])[0]
  access_024 = {a = 1}[join("", ["a"])]
}

locals {
  conditional_001 = true ? 1 : 2
  conditional_002 = false ? 1 : 2
  conditional_003 = true ? 1 : "a"
  conditional_004 = false ? 1 : "a"
  conditional_005 = true ? true : "a"
  conditional_006 = true ? 1 : true ? 2 : 3
  conditional_007 = true ? null : 1
  conditional_008 = false ? null : 1
  conditional_009 = true ? null : null
  conditional_010 = true ? "a" : null
  conditional_011 = true ? [1] : [2]
  conditional_012 = true ? [1] : ["a"]
  conditional_013 = true ? [1] : [1, 2]
  conditional_014 = true ? [] : [1]
  conditional_015 = true ? [1, "a"] : [true]
  conditional_016 = true ? {a = 1} : {a = 2}
  conditional_017 = true ? {a = 1} : {a = "x"}
  conditional_018 = true ? {a = 1} : {b = 2}
  conditional_019 = false ? {a = 1} : {b = "x"}
  conditional_020 = true ? {a = 1} : {}
  conditional_021 = true ? {} : {a = 1}
  conditional_022 = true ? {a = [1]} : {b = [1, 2]}
  conditional_023 = true ? tolist([1]) : [2, 3]
  conditional_024 = true ? toset([1]) : [2, 3]
  conditional_025 = true ? tomap({a = 1}) : {b = "x"}
  conditional_026 = true ? [{a = 1}] : [{a = 1}, {b = 2}]
  conditional_027 = true ? tolist([{a = 1}]) : tolist([{b = 1}])
  conditional_028 = true ? 1 : [][0]
  conditional_029 = false ? [][0] : 2
  conditional_030 = "true" ? 1 : 2
  conditional_031 = 1 == 1 ? {a = null} : {a = 1}
  conditional_032 = true ? [null] : [1]
  conditional_033 = true ? [null] : ["a", "b"]
  conditional_034 = true ? toset(["a"]) : tolist(["b"])
  conditional_035 = true ? 1.5 : "false"
  conditional_036 = false ? "a" : false
}

locals {
  for_001 = [for x in [1, 2, 3] : x]
  for_002 = [for x in [1, 2, 3] : x * 2]
  for_003 = [for x in [1, 2, 3] : x if x > 1]
  for_004 = [for i, x in ["a", "b"] : "${i}${x}"]
  for_005 = [for x in [] : x]
  for_006 = [for x in [1, "a", true] : x]
  for_007 = [for k, v in {a = 1, b = 2} : k]
  for_008 = [for k, v in {a = 1, b = 2} : v]
  for_009 = [for v in {b = 1, a = 2} : v]
  for_010 = [for k, v in tomap({b = 1, a = 2}) : "${k}=${v}"]
  for_011 = [for v in toset(["b", "a"]) : v]
  for_012 = [for k, v in toset(["b", "a"]) : k == v]
  for_013 = [for x in tolist([1, 2]) : x]
  for_014 = {for x in ["a", "b"] : x => upper(x)}
  for_015 = {for i, x in ["a", "b"] : i => x}
  for_016 = {for k, v in {a = 1, b = 2} : v => k}
  for_017 = {for k, v in {a = 1, b = 2} : k => v if v > 1}
  for_018 = {for x in ["a", "b", "a"] : x => 1...}
  for_019 = {for i, x in ["a", "b", "a"] : x => i...}
  for_020 = {for x in [1, 2, 3] : x % 2 == 0 ? "even" : "odd" => x...}
  for_021 = {for x in [] : x => x}
  for_022 = {for x in [] : x => x...}
  for_023 = [for x in [[1, 2], [3]] : [for y in x : y * 10]]
  for_024 = [for x in [1, 2] : {a = x}]
  for_025 = [for x in [1, 2] : null]
  for_026 = [for x in [1, null] : x == null]
  for_027 = {for x in [{n = "a", v = 1}, {n = "b", v = 2}] : x.n => x.v}
  for_028 = [for x in [{a = 1}, {a = 2}] : x.a]
  for_029 = [for x in [1] : [for x in [2] : x]]
  for_030 = [for x, x in ["a"] : x]
  for_031 = [for x in [1, 2, 3] : x if x != 2 && true]
  for_032 = [for x in [1, 2, 3] : x if "true"]
  for_033 = {for k, v in {a = {b = 1}} : k => {for k2, v2 in v : "${k}.${k2}" => v2}}
}

locals {
  splat_001 = [1, 2][*]
  splat_002 = [{a = 1}, {a = 2}][*].a
  splat_003 = [{a = 1}, {a = "x"}][*].a
  splat_004 = [{a = {b = 1}}][*].a.b
  splat_005 = [{a = [1, 2]}, {a = [3]}][*].a[0]
  splat_006 = [{a = [1, 2]}, {a = [3]}][*].a
  splat_007 = [{a = [1, 2]}, {a = [3]}].*.a
  splat_008 = [{a = [1, 2]}, {a = [3]}].*.a[0]
  splat_009 = [{a = [1, 2]}, {a = [3]}].*.a.0
  splat_010 = [[1, 2], [3]][*][0]
  splat_011 = [[1, 2], [3]][*][*]
  splat_012 = [[{a = 1}], [{a = 2}, {a = 3}]][*][*].a
  splat_013 = "a"[*]
  splat_014 = 1[*]
  splat_015 = null[*]
  splat_016 = null[*].a
  splat_017 = null.*.a
  splat_018 = {a = 1}[*]
  splat_019 = {a = 1}[*].a
  splat_020 = {a = 1}.*.a
  splat_021 = [][*]
  splat_022 = [][*].a
  splat_023 = tolist([])[*]
  splat_024 = tolist([1, 2])[*]
  splat_025 = tolist(["1"])[*]
  splat_026 = tolist([{a = 1}, {a = 2}])[*].a
  splat_027 = toset([2, 1])[*]
  splat_028 = toset([{a = 1}])[*].a
  splat_029 = tolist([{a = [1]}])[*].a[0]
  splat_030 = tolist([[1], [2]])[*][0]
  splat_031 = [null, 1][*]
  splat_032 = [{a = null}][*].a
  splat_033 = tolist([{a = null}])[*].a
  splat_034 = tolist([{a = {b = 1}}])[*].a
}

locals {
  template_001 = "${1}"
  template_002 = "${"a"}"
  template_003 = "${[1]}"
  template_004 = "${{a = 1}}"
  template_005 = "${null}"
  template_006 = "a${1}b"
  template_007 = "${1}${2}"
  template_008 = "${true}!"
  template_009 = "${1.50}"
  template_010 = "${1e21}"
  template_011 = "${0.1 + 0.2}"
  template_012 = "a ${"b ${"c"}"}"
  template_013 = "%{if true}a%{endif}"
  template_014 = "%{if false}a%{endif}"
  template_015 = "%{if true}a%{else}b%{endif}"
  template_016 = "%{if false}a%{else}b%{endif}"
  template_017 = "x%{if 1 < 2}y%{endif}z"
  template_018 = "%{for x in [1, 2]}${x}%{endfor}"
  template_019 = "%{for x in []}${x}%{endfor}"
  template_020 = "%{for i, x in ["a", "b"]}${i}:${x} %{endfor}"
  template_021 = "%{for k, v in {b = 1, a = 2}}${k}=${v};%{endfor}"
  template_022 = "%{for x in ["a", "b"]}%{if x == "a"}${x}%{endif}%{endfor}"
  template_023 = "%{for x in [1, 2]}%{for y in [3, 4]}${x * y},%{endfor}%{endfor}"
  template_024 = " a ${~ "b" ~} c "
  template_025 = " a ${~ 1} c "
  template_026 = " a ${1 ~} c "
  template_027 = " a %{~ if true ~} b %{~ endif ~} c "
  template_028 = "a %{if true ~} b %{else}c%{endif}"
  template_029 = "$${x}"
  template_030 = "%%{if}"
  template_031 = "$$${1}"
  template_032 = "$${${1}}"
  template_033 = "${"\""}"
  template_034 = "${"}"}"
  template_035 = "${upper("a${1}")}"
  template_036 = "%{if true}%{endif}"
  template_037 = "a${""}b"
}

locals {
  heredoc_001 = <<EOT
a
b
EOT
  heredoc_002 = <<EOT
EOT
  heredoc_003 = <<EOT

EOT
  heredoc_004 = <<EOT
a ${1 + 1} b
  c
EOT
  heredoc_005 = <<-EOT
    a
      b
    c
    EOT
  heredoc_006 = <<-EOT
    a

    c
  EOT
  heredoc_007 = <<-EOT
    a ${"x"}
      ${"y"} b
    EOT
  heredoc_008 = <<-EOT
  %{for x in ["a", "b"]}
  ${x}
  %{endfor}
  EOT
  heredoc_009 = <<-EOT
  %{~ for x in ["a", "b"] ~}
  ${x}
  %{~ endfor ~}
  EOT
  heredoc_010 = <<-EOT
  %{ if true ~}
  yes
  %{ else ~}
  no
  %{ endif ~}
  end
  EOT
  heredoc_011 = <<EOT
"quoted" \n $${x} %%{y}
EOT
  heredoc_012 = <<-EOT
	tab
	  two
	EOT
  heredoc_013 = <<-EOT
    ${"a"}
  b
    EOT
  heredoc_014 = [<<EOT
a
EOT
, "b"]
  heredoc_015 = upper(<<-EOT
  x
  EOT
)
  heredoc_016 = <<-EOT
      a
     ${ "b" }
    c
  
   d
  EOT
  heredoc_017 = <<EOT
${"only"}
EOT
  heredoc_018 = <<EOT
  ${ "a" ~}
  
  b
EOT
}

locals {
  call_001 = max(1, 2)
  call_002 = max([1, 2]...)
  call_003 = max(3, [1, 2]...)
  call_004 = max(tolist([1, 2])...)
  call_005 = max(toset([1, 2])...)
  call_006 = concat([1], ["a"])
  call_007 = concat([[1], [2]]...)
  call_008 = merge({a = 1}, {b = 2})
  call_009 = merge([{a = 1}, {a = 2}]...)
  call_010 = try({}.a, 1)
  call_011 = try({a = 2}.a, 1)
  call_012 = try([][0], {}.a, "x")
  call_013 = try(null, 1)
  call_014 = try(upper([]), "fallback")
  call_015 = try(1 + "a", 2)
  call_016 = try([1, 2][*].a, [])
  call_017 = can({}.a)
  call_018 = can({a = 1}.a)
  call_019 = can(1 + "a")
  call_020 = can(null)
  call_021 = try(tonumber("x"), null)
  call_022 = core::upper("a")
  call_023 = core::max(1, 2)
  call_024 = coalesce(null, 1)
  call_025 = coalesce("", "a")
  call_026 = upper(1)
  call_027 = upper(true)
  call_028 = join(",", ["a", 1, true])
  call_029 = join(",", toset(["b", "a"]))
  call_030 = length([1, 2])
  call_031 = length({a = 1})
  call_032 = length("é")
  call_033 = tolist([1, "a"])
  call_034 = tolist([])
  call_035 = tolist([null, 1])
  call_036 = toset(["b", "a", "b"])
  call_037 = toset([])
  call_038 = tomap({a = 1, b = "x"})
  call_039 = tomap({})
  call_040 = tostring(1)
  call_041 = tostring(null)
  call_042 = tonumber("1.5")
  call_043 = tobool("true")
  call_044 = keys({b = 1, a = 2})
  call_045 = values({b = 1, a = 2})
  call_046 = jsonencode({b = 1, a = [null, true, "x"]})
  call_047 = jsondecode("{\"a\": [1, null, \"x\"]}")
  call_048 = jsondecode("[1, \"a\"]")
  call_049 = lookup({a = 1}, "b", 2)
  call_050 = zipmap(["a"], [1])
  call_051 = flatten([[1], [2, [3]]])
  call_052 = format("%s-%d", "a", 1)
  call_053 = replace("abc", "b", "x")
  call_054 = element(["a", "b"], 3)
  call_055 = contains([1, 2], 2)
  call_056 = distinct([1, 1, 2])
  call_057 = sort(["b", "a"])
  call_058 = reverse([1, 2])
  call_059 = range(3)
  call_060 = setunion([1], [2])
  call_061 = one([])
  call_062 = one([1])
  call_063 = issensitive(sensitive(1))
  call_064 = nonsensitive(sensitive("a"))
  call_065 = issensitive("a")
  call_066 = issensitive(sensitive("a") == "a")
  call_067 = issensitive([sensitive("a")])
  call_068 = issensitive([sensitive("a")][0])
  call_069 = issensitive(sensitive([1])[0])
  call_070 = issensitive("x${sensitive("a")}")
  call_071 = issensitive(true ? "a" : sensitive("b"))
  call_072 = issensitive(sensitive(true) ? 1 : 2)
  call_073 = issensitive([for x in sensitive([1]) : x])
  call_074 = issensitive([for x in [1] : x if sensitive(true)])
  call_075 = issensitive({for x in [1] : sensitive("k") => x})
  call_076 = issensitive([for x in [sensitive(1)] : x])
  call_077 = issensitive({(sensitive("a")) = 1})
  call_078 = issensitive({a = sensitive(1)})
  call_079 = issensitive({a = sensitive(1)}.a)
  call_080 = issensitive({a = 1}[sensitive("a")])
  call_081 = issensitive([1][sensitive(0)])
  call_082 = issensitive(tomap({a = 1})[sensitive("a")])
  call_083 = issensitive(sensitive([1])[*])
  call_084 = issensitive(sensitive({a = 1})[*].a)
  call_085 = issensitive("%{for x in sensitive([1])}${x}%{endfor}")
  call_086 = issensitive("%{for x in [sensitive(1)]}${x}%{endfor}")
  call_087 = issensitive("%{if sensitive(true)}a%{endif}")
  call_088 = issensitive(max(1, sensitive(2)))
  call_089 = issensitive(max(sensitive([1, 2])...))
  call_090 = issensitive(!sensitive(true))
  call_091 = issensitive(-sensitive(1))
  call_092 = issensitive(sensitive(1) + 1)
  call_093 = issensitive(sensitive(true) || true)
  call_094 = issensitive(try(sensitive(1), 2))
  call_095 = issensitive(sensitive(null)[*])
}

locals {
  reference_001 = local.literal_006
  reference_002 = local.literal_037.a.b.c[1].d
  reference_003 = local.literal_037["a"]["b"].c[0]
  reference_004 = local.literal_028[1]
  reference_005 = [for k in [0, 1] : local.literal_028[k]]
  reference_006 = local.literal_028[*]
  reference_007 = {for k, v in local.literal_034 : v => k}
  reference_008 = "${local.literal_019}!"
  reference_009 = try(local.literal_028[10], "none")
  reference_010 = path.module == path.root
  reference_011 = terraform.workspace
}

locals {
  render_001 = "hi $${name}"
  render_002 = "$${v}%%{for x in list}-$${x}%%{endfor}"
  render_003 = templatestring(local.render_001, {name = "x"})
  render_004 = templatestring(local.render_001, {name = 1.5})
  render_005 = templatestring(local.render_002, {v = true, list = ["a", "b"]})
  render_006 = try(templatestring(local.render_001, {}), "no name")
  render_007 = [for t in [local.render_001] : templatestring(t, {name = upper("a")})]
  render_008 = upper(templatestring(local.render_001, tomap({name = "a"})))
}
