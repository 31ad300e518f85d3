# A made-up service: a name, a few replicas, and a file that lists them.

terraform {
  required_version = ">= 1.5"

  required_providers {
    random = {
      source  = "hashicorp/random"
      version = "~> 3.5"
    }
    local = {
      source  = "hashicorp/local"
      version = "~> 2.4"
    }
  }
}

locals {
  replicas = 2
  regions  = ["north", "south"]
}

resource "random_pet" "name" {
  length = 2
}

module "service" {
  source   = "./modules/service"
  for_each = toset(local.regions)

  name     = "${random_pet.name.id}-${each.key}"
  replicas = local.replicas
}

resource "local_file" "inventory" {
  filename = "inventory.json"
  content  = jsonencode({ for region, service in module.service : region => service.replicas })
}

output "replicas" {
  value = flatten([for service in module.service : service.replicas])
}
