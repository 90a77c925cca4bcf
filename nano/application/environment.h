// Public header. Environment: what an application lives on, where it is not the machine itself.
#pragma once

#include <cstdint>

#include "nano/base/clock.h"
#include "nano/base/log.h"
#include "nano/base/worker_pool.h"
#include "nano/scheduler/driver.h"

namespace nano {

/// Given to an application that runs in memory and in virtual time (nano/testing): it then opens no sockets
/// and starts no threads. All of it must outlive the application.
struct Environment {
  const Clock& clock;
  Driver& driver;
  WorkerPool& workers;
  Log log;
  std::uint64_t seed;
};

}  // namespace nano
