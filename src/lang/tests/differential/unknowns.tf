# Expressions over values that are not known until apply: the differential test compares what is
# known of them in a plan.

locals {
  id   = terraform_data.u.id
  out  = jsondecode(terraform_data.u.id)
  list = split(",", terraform_data.u.id)
  set  = toset(split(",", terraform_data.u.id))
  num  = length(terraform_data.u.id)
  bool = terraform_data.u.id == "x"
  map  = zipmap(split(",", terraform_data.u.id), split(",", terraform_data.u.id))
  obj  = { a = terraform_data.u.id, b = 1 }
  sec  = sensitive(terraform_data.u.id)
}

locals {
  unknown_001 = local.id
  unknown_002 = local.out
  unknown_003 = local.out.a.b
  unknown_004 = local.list
  unknown_005 = local.list[0]
  unknown_006 = local.map["a"]
  unknown_007 = local.obj.a
  unknown_008 = local.obj.b
  unknown_009 = [local.id, 1]
  unknown_010 = {a = local.id}
  unknown_011 = {(local.id) = 1}
  unknown_012 = "pre-${local.id}"
  unknown_013 = "pre-${local.id}-post" != ""
  unknown_014 = startswith("pre-${local.id}", "pre")
  unknown_015 = startswith("pre-${local.id}", "xx")
  unknown_016 = "pre-${local.id}" == "xx"
  unknown_017 = "pre-${local.id}" == "pre-x"
  unknown_018 = local.id == null
  unknown_019 = local.id != null
  unknown_020 = local.list == null
  unknown_021 = local.num == null
  unknown_022 = local.num + 1 == null
  unknown_023 = local.num < 0
  unknown_024 = local.num >= 0
  unknown_025 = (local.bool ? 1 : 5) < 7
  unknown_026 = (local.bool ? 1 : 5) > 7
  unknown_027 = (local.bool ? 1 : 5) == null
  unknown_028 = local.bool ? 5 : 5
  unknown_029 = local.bool ? "a" : "a"
  unknown_030 = local.bool ? null : null
  unknown_031 = (local.bool ? "a" : "b") == null
  unknown_032 = (local.bool ? [1] : [1, 2])
  unknown_033 = length(local.bool ? [1] : [1, 2]) > 0
  unknown_034 = length(local.bool ? ["a"] : ["b"])
  unknown_035 = (local.bool ? {a = 1} : {a = 2}).a
  unknown_036 = local.bool ? {a = 1} : {a = 2}
  unknown_037 = local.bool ? local.obj : null
  unknown_038 = local.bool ? local.out : 1
  unknown_039 = true ? local.id : 1
  unknown_040 = true ? 1 : local.id
  unknown_041 = false ? local.out : 1
  unknown_042 = [for x in local.list : x]
  unknown_043 = [for x in [1, 2] : x if local.bool]
  unknown_044 = [for x in [1, 2] : local.id]
  unknown_045 = {for x in [1, 2] : local.id => x}
  unknown_046 = {for x in [1, 2] : x => local.id}
  unknown_047 = [for k, v in local.obj : v]
  unknown_048 = local.list[*]
  unknown_049 = length(local.list[*])
  unknown_050 = local.id[*]
  unknown_051 = local.obj[*].a
  unknown_052 = local.out[*]
  unknown_053 = local.out[*].x
  unknown_054 = local.map[*]
  unknown_055 = [local.id][*]
  unknown_056 = {a = local.id}[*].a
  unknown_057 = max(local.list...)
  unknown_058 = max([1, local.num]...)
  unknown_059 = upper(local.id)
  unknown_060 = upper(local.id) == null
  unknown_061 = try(local.id, 1)
  unknown_062 = try(local.obj, 1)
  unknown_063 = try(local.obj.b, 1)
  unknown_064 = can(local.id)
  unknown_065 = can(local.obj.b)
  unknown_066 = can(local.out.x)
  unknown_067 = can(local.obj.nope)
  unknown_068 = local.id == local.id
  unknown_069 = local.obj == {a = "x", b = 1}
  unknown_071 = [local.id, 1] == [local.id, 2]
  unknown_072 = !local.bool
  unknown_073 = local.bool && true
  unknown_074 = local.num * 0
  unknown_075 = -local.num == null
  unknown_076 = local.num / 2 == null
  unknown_077 = "${local.id}"
  unknown_078 = "%{for x in local.list}${x}%{endfor}" == null
  unknown_079 = "%{if local.bool}a%{endif}" == null
  unknown_080 = "a%{if local.bool}b%{endif}" == null
  unknown_081 = [1, 2][local.num]
  unknown_082 = tolist([1, 2])[local.num]
  unknown_083 = {a = 1}[local.id]
  unknown_084 = tomap({a = 1})[local.id]
  unknown_085 = issensitive(local.sec)
  unknown_086 = issensitive("${local.sec}")
  unknown_087 = issensitive(upper(local.sec))
  unknown_088 = issensitive([for x in [1] : x if local.sec == "a"])
  unknown_089 = issensitive([for x in split(",", local.sec) : x])
  unknown_090 = issensitive(local.sec[*])
  unknown_091 = issensitive(local.bool ? local.sec : 1)
  unknown_092 = issensitive(local.sec == "" ? 1 : 2)
  unknown_093 = issensitive({(local.sec) = 1})
  unknown_094 = issensitive(try(local.sec, 1))
  unknown_095 = issensitive(can(local.sec))
  unknown_096 = issensitive(local.list[local.sec == "" ? 0 : 1])
  unknown_097 = merge(local.obj, {c = 1})
  unknown_098 = merge(local.out, {c = 1})
  unknown_099 = length([local.id])
  unknown_100 = length(local.obj)
  unknown_101 = keys(local.obj)
  unknown_102 = contains([local.id], "x")
  unknown_103 = contains(["x"], local.id)
  unknown_104 = coalesce(local.id, "x")
  unknown_105 = concat([1], [local.id])
  unknown_106 = toset([local.id, "a"])
  unknown_107 = length(toset([local.id, "a"])) > 0
  unknown_108 = jsonencode([local.id])
  unknown_109 = startswith(jsonencode([local.id]), "[")
  unknown_110 = startswith(jsonencode({a = local.id}), "{")
  unknown_111 = element([local.id, "b"], 1)
  unknown_112 = lookup(local.obj, "b", 0)
  unknown_113 = tostring(local.num)
  unknown_114 = tonumber(local.id)
  unknown_115 = format("a-%s", local.id)
  unknown_116 = startswith(format("a-%s", local.id), "a-")
  unknown_117 = join("-", ["a", local.id])
}
