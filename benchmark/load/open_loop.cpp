#include <algorithm>
#include <memory>
#include <vector>

#include "benchmark/load/answers.h"
#include "benchmark/load/client.h"
#include "benchmark/load/crowd.h"
#include "benchmark/load/measurement.h"
#include "benchmark/load/scenarios.h"
#include "benchmark/load/schedule.h"

namespace nano::benchmark {
namespace {

// Go Nano's own benchmark: each client notifies, then rests for 10 ms (its file benchmark/io/io_test.go).
constexpr std::chrono::milliseconds paced_interval{10};
constexpr std::uint64_t paced_seed = 1;

class OpenLoop;

class OpenLoopClient final : public Client {
 public:
  OpenLoopClient(Loop& loop, Failures& all_failures, const Address& address, OpenLoop& owner);
  /// Does nothing on a closed connection: the message counts as lost.
  void send(std::uint64_t id);

 protected:
  void on_answer(std::uint64_t id, bool ok, protocol::ByteView payload) override;
  void on_push(std::string_view route, protocol::ByteView payload) override;

 private:
  OpenLoop& owner_;
};

/// The message with number N has the id N + 1 on all connections.
class OpenLoop {
 public:
  OpenLoop(const LoadOptions& options, Failures& failures)
      : options_(options), failures_(failures), measurement_(options, failures) {
    for (std::size_t i = 0; i < options.connections; ++i) {
      clients_.push_back(std::make_unique<OpenLoopClient>(loop_, failures, options.address_of(i), *this));
    }
  }

  Results run() {
    connect_all(loop_, failures_, clients_);
    const auto start = LoadClock::now() + std::chrono::milliseconds{1};
    const Schedule schedule =
        options_.scenario == Scenario::paced
            ? Schedule::at_random(start, paced_interval, options_.connections, paced_seed)
            : Schedule::at_rate(start, options_.rate, options_.connections);
    schedule_ = &schedule;
    first_measured_ = schedule.count_before(options_.warm_up_s);
    end_ = schedule.count_before(options_.warm_up_s + options_.seconds);
    is_settled_.resize(end_);
    loop_.set_timer(schedule.at(0), [this](LoadClock::time_point now) { return send_due(now); });

    const double send_s = options_.warm_up_s + options_.seconds;
    loop_.run_until(start + seconds_of(send_s + drain_s_max), [this] { return is_done(); });
    loop_.stop_timer();
    measurement_.stop(last_event_);
    return measurement_.results(end_ - settled_);
  }

  const LoadOptions& options() const { return options_; }
  Payload& payload() { return payload_; }

  /// The answer to a message is there, in `now`'s read. Throws DialectError when none was awaited.
  void settle(std::uint64_t id, LoadClock::time_point now) {
    const std::uint64_t message = id - 1;
    check_awaited(id != 0 && message < next_ && !is_settled_[message]);
    is_settled_[message] = true;
    settled_ += 1;
    last_event_ = now;
    if (message >= first_measured_) measurement_.record(now - schedule_->at(message));
  }

 private:
  /// All that are due leave, however late: a server that stalls must not be asked less.
  LoadClock::time_point send_due(LoadClock::time_point now) {
    for (; next_ < end_ && schedule_->at(next_) <= now; ++next_) {
      if (next_ == first_measured_) measurement_.start(now);
      if (next_ >= first_measured_) measurement_.record_lateness(now - schedule_->at(next_));
      clients_[schedule_->connection_of(next_)]->send(next_ + 1);
      last_event_ = now;
    }
    return next_ < end_ ? schedule_->at(next_) : LoadClock::time_point::max();
  }

  bool is_done() const {
    return (next_ == end_ && settled_ == end_) || (failures_.count() > 0 && count_open(clients_) == 0);
  }

  const LoadOptions& options_;
  Failures& failures_;
  Payload payload_{options_.payload, options_.payload_bytes};
  Measurement measurement_;
  Loop loop_;
  std::vector<std::unique_ptr<OpenLoopClient>> clients_;
  const Schedule* schedule_ = nullptr;
  std::uint64_t next_ = 0;            // the message that leaves next
  std::uint64_t first_measured_ = 0;  // those before are the warm-up
  std::uint64_t end_ = 0;
  std::vector<bool> is_settled_;
  std::uint64_t settled_ = 0;
  LoadClock::time_point last_event_;  // when a message left or was answered
};

OpenLoopClient::OpenLoopClient(Loop& loop, Failures& all_failures, const Address& address, OpenLoop& owner)
    : Client(loop, all_failures, address, owner.options().dialect), owner_(owner) {}

void OpenLoopClient::send(std::uint64_t id) {
  if (state() != State::open) return;
  const protocol::ByteView payload = owner_.payload().with(id);
  if (owner_.options().scenario == Scenario::paced) {
    write_notify(owner_.options().route, payload);
  } else {
    write_request(owner_.options().route, id, payload);
  }
  flush();
}

void OpenLoopClient::on_answer(std::uint64_t id, bool ok, protocol::ByteView payload) {
  check_answer(owner_.payload(), id, ok, payload, failures());
  owner_.settle(id, loop().now());
}

void OpenLoopClient::on_push(std::string_view route, protocol::ByteView payload) {
  const std::uint64_t id = notify_of_push(owner_.payload(), owner_.options().push, route, payload);
  owner_.settle(id, loop().now());
}

}  // namespace

Results run_open_loop(const LoadOptions& options, Failures& failures) {
  allow_sockets(options.connections);
  return OpenLoop{options, failures}.run();
}

}  // namespace nano::benchmark
