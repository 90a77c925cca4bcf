#include "nano/transport/logic_loop.h"

#include <utility>

#include "nano/transport/packet_wire.h"

namespace nano {

/// The logic thread, which has a watch and a clock of its own.
class LogicLoop::LogicThread final : public LoopThread {
 public:
  explicit LogicThread(Scheduler& scheduler) : scheduler_(scheduler) {}

  TimePoint listened() const override { return scheduler_.listened(); }
  void begin_wait() override { scheduler_.begin_wait(); }
  void end_wait(std::optional<TimePoint> until) override { scheduler_.back_from_wait(until); }
  void begin_work(std::string_view name) override { scheduler_.begin_work(name); }
  void end_work() override { scheduler_.end_work(); }
  void hand_over() override {}

 private:
  Scheduler& scheduler_;
};

/// A thread of the loop's own.
class LogicLoop::HandingThread final : public OwnThread {
 public:
  HandingThread(const Clock& clock, LogicLoop& loop) : OwnThread(clock), loop_(loop) {}

  void hand_over() override { loop_.hand_to_logic(); }

 private:
  LogicLoop& loop_;
};

void LogicLoop::attach(Scheduler& scheduler) {
  scheduler_ = &scheduler;
  thread_ = std::make_unique<LogicThread>(scheduler);
  io_.attach(scheduler.clock(), scheduler.log(), *thread_);
  scheduler.at_turn_end([this] { io_.flush(); }, TurnEnd::sockets);
}

void LogicLoop::attach(Scheduler& scheduler, std::shared_ptr<ReceiveLine> line) {
  scheduler_ = &scheduler;
  receive_line_ = std::move(line);
  thread_ = std::make_unique<HandingThread>(scheduler.clock(), *this);
  io_.attach(scheduler.clock(), scheduler.log(), *thread_);
  io_.start_thread();
  scheduler.at_turn_end([this] { hand_over_staged(); }, TurnEnd::sockets);
}

void LogicLoop::from_logic(Function<void()> task) {
  if (is_inline()) return task();
  from_logic_.push_back(std::move(task));
}

void LogicLoop::to_logic(Function<void()> task) {
  if (is_inline()) return scheduler_->run_now(std::move(task));
  to_logic_.push_back(std::move(task));
}

SendQueue& LogicLoop::stage(PacketWire& wire) {
  if (wire.staged_at() == PacketWire::not_staged) {
    wire.set_staged_at(static_cast<std::uint32_t>(staged_.size()));
    staged_.push_back({wire.shared(), {}});
  }
  return staged_[wire.staged_at()].frames;
}

void LogicLoop::hand_over_staged() {
  if (from_logic_.empty() && staged_.empty()) return;
  for (const Staged& staged : staged_) staged.wire->set_staged_at(PacketWire::not_staged);
  io_.post([staged = std::exchange(staged_, {}), tasks = std::exchange(from_logic_, {})]() mutable {
    for (auto& [wire, frames] : staged) wire->send_staged(std::move(frames));
    for (auto& task : tasks) task();
  });
}

void LogicLoop::hand_to_logic() {
  if (to_logic_.empty()) return;
  scheduler_->post([scheduler = scheduler_, batch = std::exchange(to_logic_, {})]() mutable {
    for (auto& task : batch) scheduler->run_now(std::move(task));
  });
}

WebSocketInflater& LogicLoop::inflater(const std::shared_ptr<InflateBudget>& budget) {
  if (!inflater_) inflater_ = std::make_unique<WebSocketInflater>(scheduler_->clock(), budget);
  return *inflater_;
}

}  // namespace nano
