#include "nano/base/spawned_tasks.h"

#include <algorithm>
#include <utility>

#include "nano/base/failure.h"
#include "protocol/assert.h"

namespace nano {

SpawnedTasks::Root::promise_type::promise_type(SpawnedTasks& owner, Task<void>&, const SpawnOptions& options,
                                               std::uint64_t session)
    : owner_(owner),
      previous_(owner.last_),
      number_(owner.next_number_++),
      session_(session),
      background_(options.background),
      name_bytes_(
          static_cast<std::uint8_t>(std::min(options.name.size(), std::tuple_size_v<decltype(name_)>))) {
  std::copy_n(options.name.data(), name_bytes_, name_.data());
  (previous_ ? previous_->next_ : owner_.first_) = this;
  owner_.last_ = this;
  ++owner_.count_;
  if (background_) ++owner_.background_count_;
}

SpawnedTasks::Root::promise_type::~promise_type() {
  (previous_ ? previous_->next_ : owner_.first_) = next_;
  (next_ ? next_->previous_ : owner_.last_) = previous_;
  --owner_.count_;
  if (background_) --owner_.background_count_;
}

SpawnedTasks::~SpawnedTasks() { NANO_ASSERT(count_ == 0, "spawned coroutines outlive their owner"); }

void SpawnedTasks::spawn(Task<void> task, SpawnOptions options, std::uint64_t session) {
  drive(*this, std::move(task), options, session);
}

/// The options' name is a view, of use only until the task first waits: the promise has a copy.
SpawnedTasks::Root SpawnedTasks::drive(SpawnedTasks& owner, Task<void> task, SpawnOptions, std::uint64_t) {
  const Root::promise_type& self = *owner.last_;  // made just now
  try {
    co_await std::move(task);
  } catch (...) {
    const std::string_view name = self.name();
    log_failure(owner.log_, name.empty() ? "coroutine" : name, self.session_);
  }
}

void SpawnedTasks::destroy_all() {
  const std::uint64_t end = next_number_;
  while (first_ && first_->number_ < end) {
    std::coroutine_handle<Root::promise_type>::from_promise(*first_).destroy();
  }
}

}  // namespace nano
