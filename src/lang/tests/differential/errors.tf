# Expressions that are wrong: the differential test compares what is said of them with what
# Terraform says, where it says it, and which values it mentions.

locals {
  object = { a = 1, b = "x" }
  list   = ["a", "b"]
  three  = { n = 3 }
}

locals {
  access_01 = local.object.nope
  access_02 = local.object["nope"]
  access_03 = local.object[0]
  access_04 = local.list[5]
  access_05 = local.list[2]
  access_06 = local.list[local.three.n]
  access_07 = local.list[-1]
  access_08 = local.list[0.5]
  access_09 = local.list["a"]
  access_10 = local.list[null]
  access_11 = [][0]
  access_12 = null.a
  access_13 = null[0]
  access_14 = "x".a
  access_15 = "x"[0]
  access_16 = 1.5.a
  access_17 = tolist([{ a = 1 }]).a
  access_18 = tolist([{ a = 1 }]).b
  access_19 = toset([{ a = 1 }]).a
  access_20 = toset(["a"])[0]
  access_21 = tomap({ a = 1 }).b
  access_22 = tomap({ a = 1 })["b"]
  access_23 = [{ a = 1 }].a
  access_24 = local.object.a.b
  access_25 = local.object.b.c.d
  access_26 = (local.object).nope
  access_27 = upper("a").b
  access_28 = local.list [ 1 + 5 ]
  access_29 = { a = null }.a.b
  access_30 = local.list[local.object.b]
  access_31 = local.list[true]
  access_32 = tomap({ a = 1 })[[]]
  access_33 = { a = 1 }[[]]
  access_34 = [1].0.x
}

locals {
  operator_01 = 1 + "a"
  operator_02 = "a" + 1
  operator_03 = "a" + "b"
  operator_04 = null + 1
  operator_05 = !1
  operator_06 = -"a"
  operator_07 = 1 && true
  operator_08 = true || "x"
  operator_09 = 1 < "b"
  operator_10 = [] + {}
  operator_11 = 0 / 0
  operator_12 = null && true
  operator_13 = !null
  operator_14 = -null
  operator_15 = local.object + 1
  operator_16 = local.object.b * local.three.n
  operator_17 = 1 + 2 + "a"
  operator_18 = (1 + "a") * 2
  operator_19 = [1] < [2]
  operator_20 = true > false
}

locals {
  conditional_01 = null ? 1 : 2
  conditional_02 = "x" ? 1 : 2
  conditional_03 = 1 ? 1 : 2
  conditional_04 = true ? 1 : [1]
  conditional_05 = true ? [1, "x"] : {}
  conditional_06 = true ? { a = 1 } : { a = [1] }
  conditional_07 = true ? { a = { b = 1 } } : { a = { b = [] } }
  conditional_08 = true ? tolist([{ a = 1 }]) : tolist([{ a = [] }])
  conditional_09 = true ? [[1], 2] : [[1, 2], [3]]
  conditional_10 = true ? tomap({ a = [1] }) : tomap({ a = { b = 1 } })
  conditional_11 = false ? true : [][0]
  conditional_12 = local.three.n ? 1 : 2
  conditional_13 = (local.object.a == 1) ? local.object : local.list
  conditional_14 = true ? 1 : false
}

locals {
  for_01 = [for x in 1 : x]
  for_02 = [for x in null : x]
  for_03 = [for x in "abc" : x]
  for_04 = [for x in [1] : x if null]
  for_05 = [for x in [1, 2] : x if x]
  for_06 = [for x in [1] : x if "maybe"]
  for_07 = { for x in [1] : null => x }
  for_08 = { for x in [1] : [] => x }
  for_09 = { for x in ["a", "a"] : x => x }
  for_10 = [for x in [1, 2] : x.y]
  for_11 = [for x in [{ a = 1 }] : x.a.b]
  for_12 = { for k, v in local.object : "same" => v }
  for_13 = [for x in [1, "a"] : x + 1]
  for_14 = [for x in [null, true] : 1 if x]
}

locals {
  splat_01 = tolist(null)[*]
  splat_02 = tolist(null).*
  splat_03 = [{ a = 1 }, { b = 2 }][*].a
  splat_04 = local.list[*].a
  splat_05 = tolist([])[*].a.b[1 + "x"]
  splat_06 = [1][*].a
  splat_07 = local.object[*].nope
}

locals {
  object_01 = { (null) = 1 }
  object_02 = { ([]) = 1 }
  object_03 = { ({}) = 1 }
  object_04 = { "${null}" = 1 }
  object_05 = { (local.object) = 1 }
}

locals {
  template_01 = "a${null}"
  template_02 = "a${[]}"
  template_03 = "a${{}}b${[1]}"
  template_04 = "%{for x in 5}${x}%{endfor}"
  template_05 = "%{for x in [1, null]}${x}%{endfor}"
  template_06 = "%{if null}a%{endif}"
  template_07 = "%{if "x"}a%{endif}"
  template_08 = "a${local.object}"
  template_09 = "a${1 + "x"}"
  template_10 = <<-EOT
    a
    ${null}
  EOT
  template_11 = "${local.object.nope}"
  template_12 = "a${local.list[*]}"
}

locals {
  call_01 = upper()
  call_02 = upper("a", "b")
  call_03 = upper(null)
  call_04 = upper([])
  call_05 = upper({ a = 1 })
  call_06 = max(null...)
  call_07 = max(1...)
  call_08 = max("a"...)
  call_09 = max({ a = 1 }...)
  call_10 = max(1, ("x"))
  call_11 = max(1, "x${"a"}")
  call_12 = max(1, true ? "x" : "a")
  call_13 = max(1, [for x in [] : x])
  call_14 = max([1][0], [[1]][0])
  call_15 = max(1, [[1]][*])
  call_16 = max(1, !true)
  call_17 = max(1, max("a"))
  call_19 = max(1, "x" + "y")
  call_20 = max(1, [[1]].*)
  call_21 = substr("a", "x", 2)
  call_22 = substr("a", {}, [])
  call_23 = substr("a")
  call_24 = max(["a", 1]...)
  call_25 = max(1, local.object.b)
  call_26 = upper(local.object)
  call_27 = try()
  call_28 = try([][0], 1 + "a")
  call_29 = can()
  call_30 = can(1, 2)
  call_31 = tonumber("x")
  call_32 = tolist("x")
  call_33 = element([], 0)
  call_34 = max(local.object...)
  call_35 = upper(upper([]))
  call_36 = max(1, {})
  call_37 = max(1, null ? 1 : 2)
  call_38 = max([1, 2], 3)
  call_39 = upper(local.list[0].x)
  call_40 = max(1, -"x")
  call_41 = merge({}, 1)
  call_42 = max(1, <<EOT
x
EOT
  )
  call_43 = core::upper([])
  call_44 = try(upper([])...)
  call_45 = length(1)
}

locals {
  unknown_01 = nonesuch(1)
  unknown_02 = uppper("a")
  unknown_03 = core::nonesuch(1)
  unknown_04 = provider::x::y(1)
  unknown_05 = provider::x(1)
  unknown_06 = foo::bar::baz(1)
  unknown_07 = type("a")
}

locals {
  template = "hi $${name}"
  broken   = "$${"
  nested   = "$${templatestring(a, {})}"
}

locals {
  render_01 = templatestring(local.template, {})
  render_02 = templatestring(local.broken, {})
  render_03 = templatestring(local.nested, { a = "x" })
  render_04 = templatestring(local.template, 1)
  render_05 = templatestring(local.template, { "1a" = 1, name = 1 })
  render_06 = templatestring(local.template, null)
  render_07 = templatestring(local.object, {})
  render_08 = templatestring("x", {})
  render_09 = templatestring("x${local.template}", {})
  render_10 = templatestring("${local.template}", {})
  render_11 = templatestring(upper(local.template), {})
  render_12 = templatestring(local.template, { name = null })
  render_13 = templatestring(local.template, { name = [] })
  render_14 = templatestring(local.template)
}
