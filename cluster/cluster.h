// Public header. All that an application needs to be a member of a cluster, besides nano/nano.h.
#pragma once

#include "cluster/node/node.h"
#include "cluster/node/node_options.h"
#include "cluster/node/rendezvous.h"
#include "cluster/node/routing.h"
#include "cluster/registry/member.h"
