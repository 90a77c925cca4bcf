// Public header. All that an application needs.
#pragma once

#include "nano/application/application.h"
#include "nano/component/component.h"
#include "nano/component/responder.h"
#include "nano/scheduler/local_scheduler.h"
#include "nano/session/group.h"
#include "nano/session/session.h"
