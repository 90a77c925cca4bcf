// Internal header. What carries an offloaded call to a worker and its result back; see Scheduler::offload().
#pragma once

#include <atomic>
#include <condition_variable>
#include <coroutine>
#include <cstddef>
#include <exception>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "nano/base/clock.h"
#include "nano/base/worker_pool.h"
#include "nano/scheduler/current_work.h"
#include "protocol/assert.h"

namespace nano {

class Scheduler;
class OffloadState;

/// Lets the Scheduler's destructor wait for the calls that run, and keeps those that wait from beginning.
class OffloadGate {
 public:
  /// A call that runs: what the logic thread was at when it was made.
  struct Inside {
    WorkName name;
    TimePoint since;
    const OffloadState* call = nullptr;
    bool alone = false;  // nobody waits for it any more
  };

  /// Worker. Nothing: the Scheduler is gone or going; the call must not be made. Else leave() must follow.
  [[nodiscard]] std::optional<std::list<Inside>::iterator> enter(const Inside& call);
  /// `hand_over` brings on its way what came of the call: whoever meets that finds the call inside no more,
  /// and as long as a call is inside the Scheduler exists.
  template <class F>
  void leave(std::list<Inside>::iterator place, F&& hand_over) {
    const std::lock_guard lock{mutex_};
    hand_over();
    inside_.erase(place);
    if (inside_.empty()) left_.notify_all();
  }
  /// Logic thread. The call goes on, if it is inside, though nobody waits for it any more.
  void leave_alone(const OffloadState& call);
  /// Any thread. What the logic thread was at when it made the calls that are inside alone.
  std::vector<WorkName> alone() const;
  /// Any thread. How many calls are inside.
  std::size_t inside() const;
  /// Logic thread. Returns when no call is inside, and none can enter any more.
  void close();
  /// Any thread. The call that has run for longest.
  std::optional<Inside> oldest() const;

 private:
  mutable std::mutex mutex_;
  std::condition_variable left_;
  std::list<Inside> inside_;  // in the order of entering
  bool closed_ = false;
};

/// One offloaded call, shared by the awaiting coroutine and the worker. Who may touch what is decided by the
/// phase alone: the callable belongs to the worker while it runs and to the logic thread before and after;
/// the coroutine's handle is touched on the logic thread only.
class OffloadState : public std::enable_shared_from_this<OffloadState> {
 public:
  virtual ~OffloadState() = default;

  /// Logic thread. False: the pool refused, and `waiting` will not be resumed.
  [[nodiscard]] bool start(Scheduler& scheduler, WorkerPool& workers, std::shared_ptr<OffloadGate> gate,
                           std::coroutine_handle<> waiting);
  /// Logic thread. The coroutine is not resumed any more; a call that has not begun is not made.
  void abandon();

 protected:
  /// Worker. Makes the call and keeps what comes of it.
  virtual void call() noexcept = 0;
  /// Logic thread. Destroys the callable.
  virtual void drop() noexcept = 0;

 private:
  enum class Phase { waiting, begun, abandoned };

  bool pass(Phase to);

  std::atomic<Phase> phase_{Phase::waiting};
  std::shared_ptr<OffloadGate> gate_;
  std::coroutine_handle<> waiting_;
  WorkName work_;  // in whose name the call is made, and its coroutine goes on
};

template <class F>
class OffloadStateOf final : public OffloadState {
 public:
  using Value = std::invoke_result_t<F&>;
  static_assert(!std::is_reference_v<Value>, "an offloaded call must return a value, not a reference");

  explicit OffloadStateOf(F callable) : callable_(std::move(callable)) {}

  Value take() {
    if (failure_) std::rethrow_exception(std::move(failure_));
    if constexpr (!std::is_void_v<Value>) return std::move(*value_);
  }

 private:
  using Stored = std::conditional_t<std::is_void_v<Value>, std::monostate, Value>;

  void call() noexcept override {
    try {
      if constexpr (std::is_void_v<Value>) {
        (*callable_)();
      } else {
        value_.emplace((*callable_)());
      }
    } catch (...) {
      failure_ = std::current_exception();
    }
  }
  void drop() noexcept override { callable_.reset(); }

  std::optional<F> callable_;
  std::optional<Stored> value_;
  std::exception_ptr failure_;
};

/// What Scheduler::offload() returns, to be awaited once. The call is submitted when it is awaited.
template <class F>
class [[nodiscard]] OffloadedCall {
 public:
  OffloadedCall(Scheduler& scheduler, WorkerPool& workers, std::shared_ptr<OffloadGate> gate, F callable)
      : scheduler_(scheduler),
        workers_(workers),
        gate_(std::move(gate)),
        state_(std::make_shared<OffloadStateOf<F>>(std::move(callable))) {}
  OffloadedCall(const OffloadedCall&) = delete;
  OffloadedCall& operator=(const OffloadedCall&) = delete;
  ~OffloadedCall() { state_->abandon(); }

  class Awaiter {
   public:
    explicit Awaiter(OffloadedCall& call) : call_(call) {}
    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> waiting) { return call_.start(waiting); }
    auto await_resume() -> typename OffloadStateOf<F>::Value { return call_.take(); }

   private:
    OffloadedCall& call_;
  };

  Awaiter operator co_await() & noexcept { return Awaiter{*this}; }
  Awaiter operator co_await() && noexcept {
    static_assert(
        std::is_trivially_destructible_v<F>,
        "g++ 12 miscompiles a co_await whose own statement makes a lambda with such captures; name the "
        "call first: `auto query = scheduler.offload([...] { ... }); auto row = co_await query;`");
    return Awaiter{*this};
  }

 private:
  bool start(std::coroutine_handle<> waiting) {
    NANO_REQUIRE(gate_ != nullptr, "an offloaded call is awaited once");
    accepted_ = state_->start(scheduler_, workers_, std::move(gate_), waiting);
    return accepted_;
  }
  auto take() -> typename OffloadStateOf<F>::Value {
    if (!accepted_) throw std::runtime_error("too busy: too many calls wait for the worker pool");
    return state_->take();
  }

  Scheduler& scheduler_;
  WorkerPool& workers_;
  std::shared_ptr<OffloadGate> gate_;
  std::shared_ptr<OffloadStateOf<F>> state_;
  bool accepted_ = false;
};

}  // namespace nano
