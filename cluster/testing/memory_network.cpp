#include "cluster/testing/memory_network.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace nano::cluster::testing {
namespace {

NetworkError unreachable(const std::string& address) {
  return {NetworkErrc::unreachable, "nobody answers at " + address};
}

/// Keepalives would find a dead connection within this.
constexpr Duration dead_connection_found = std::chrono::seconds{2};

}  // namespace

class MemoryStream;

/// What the two ends of a stream know of each other.
struct MemoryPipe {
  MemoryStream* ends[2] = {nullptr, nullptr};
};

class MemoryNode final : public Network {
 public:
  MemoryNode(MemoryNetwork& hub, Scheduler& scheduler, std::string name)
      : hub_(hub), scheduler_(scheduler), name_(std::move(name)) {
    if (!hub_.nodes_.emplace(name_, this).second) throw std::runtime_error("two nodes are named " + name_);
  }
  ~MemoryNode() override {
    stop();
    hub_.nodes_.erase(name_);
  }

  std::string listen(const std::string& address, Service& service) override {
    if (!hub_.listeners_.emplace(address, this).second) {
      throw std::runtime_error("cannot listen on " + address + ": it is in use");
    }
    address_ = address;
    service_ = &service;
    return address;
  }
  std::unique_ptr<Channel> connect(const std::string& address) override;
  void stop() override {
    if (!std::exchange(service_, nullptr)) return;
    hub_.listeners_.erase(address_);
  }

  MemoryNetwork& hub() const { return hub_; }
  Scheduler& scheduler() const { return scheduler_; }
  const std::string& name() const { return name_; }
  Service* service() const { return service_; }

 private:
  MemoryNetwork& hub_;
  Scheduler& scheduler_;
  const std::string name_;
  std::string address_;
  Service* service_ = nullptr;
};

class MemoryStream final : public Stream {
 public:
  MemoryStream(MemoryNode& node, std::string peer, std::shared_ptr<MemoryPipe> pipe, int end)
      : node_(node), peer_(std::move(peer)), pipe_(std::move(pipe)), end_(end) {
    pipe_->ends[end_] = this;
  }
  ~MemoryStream() override { close(); }

  void set_events(StreamEvents& events) { events_ = &events; }

  void send(std::string message) override {
    if (closed_) return;
    if (node_.hub().is_cut(node_.name(), peer_)) {
      dead_ = node_.scheduler().after(dead_connection_found, [this] {
        lose({NetworkErrc::unreachable, "the connection is dead"});
      });
      return;
    }
    carry([message = std::move(message)](MemoryStream& other) { other.events_->on_message(message); });
  }
  void close() override {
    if (std::exchange(closed_, true)) return;
    carry([](MemoryStream& other) { other.lose({NetworkErrc::unreachable, "closed by the other side"}); });
    pipe_->ends[end_] = nullptr;
  }
  void lose(NetworkError why) {
    if (std::exchange(closed_, true)) return;
    pipe_->ends[end_] = nullptr;
    if (events_) events_->on_closed(why);
  }

 private:
  template <class Arrive>
  void carry(Arrive arrive) {
    node_.hub().carry(node_.name(), peer_,
                      [pipe = pipe_, other = 1 - end_, arrive = std::move(arrive)](MemoryNode&) {
                        if (pipe->ends[other]) arrive(*pipe->ends[other]);
                      });
  }

  MemoryNode& node_;
  const std::string peer_;
  std::shared_ptr<MemoryPipe> pipe_;
  const int end_;
  StreamEvents* events_ = nullptr;
  bool closed_ = false;
  Timer dead_;
};

class MemoryChannel final : public Channel {
 public:
  MemoryChannel(MemoryNode& node, std::string address) : node_(node), address_(std::move(address)) {}

  void set_header(const std::string&, std::string) override {}  // nobody here asks for any

  void call(std::string_view method, std::string request, Duration timeout, CallDone done) override {
    struct Pending {
      CallDone done;
      Timer timer;
    };
    auto pending = std::make_shared<Pending>(Pending{std::move(done), {}});
    const std::weak_ptr<bool> alive = alive_;
    const auto finish = [pending, alive](CallOutcome outcome) {
      pending->timer.cancel();
      CallDone told = std::exchange(pending->done, {});
      if (told && !alive.expired()) told(std::move(outcome));
    };
    pending->timer = node_.scheduler().after(timeout, [finish, address = address_] {
      finish(NetworkError{NetworkErrc::timeout, "no answer of " + address + " in time"});
    });
    MemoryNode* there = node_.hub().node_at(address_);
    if (!there) {  // the connection is refused, which takes a moment
      node_.hub().carry(node_.name(), node_.name(),
                        [finish, address = address_](MemoryNode&) { finish(unreachable(address)); });
      return;
    }
    node_.hub().carry(
        node_.name(), there->name(),
        [&hub = node_.hub(), from = node_.name(), to = there->name(), method = std::string{method},
         request = std::move(request), finish](MemoryNode& arrived) mutable {
          CallReply reply = [&hub, from, to, finish](CallOutcome outcome) {
            hub.carry(to, from, [finish, outcome = std::move(outcome)](MemoryNode&) { finish(outcome); });
          };
          if (!arrived.service()) return reply(unreachable(to));
          arrived.service()->on_call(method, request, std::move(reply));
        });
  }

  std::unique_ptr<Stream> open_stream(std::string_view method, StreamEvents& events) override {
    auto pipe = std::make_shared<MemoryPipe>();
    MemoryNode* there = node_.hub().node_at(address_);
    const std::string peer = there ? there->name() : "";
    auto stream = std::make_unique<MemoryStream>(node_, peer, pipe, 0);
    stream->set_events(events);
    if (!there) {
      node_.hub().carry(node_.name(), node_.name(), [pipe, address = address_](MemoryNode&) {
        if (pipe->ends[0]) pipe->ends[0]->lose(unreachable(address));
      });
      return stream;
    }
    node_.hub().carry(
        node_.name(), peer, [from = node_.name(), pipe, method = std::string{method}](MemoryNode& arrived) {
          auto other = std::make_unique<MemoryStream>(arrived, from, pipe, 1);
          MemoryStream* raw = other.get();
          StreamEvents* told =
              arrived.service() ? arrived.service()->on_stream(method, std::move(other)) : nullptr;
          if (told) raw->set_events(*told);
        });
    return stream;
  }

 private:
  MemoryNode& node_;
  const std::string address_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

std::unique_ptr<Channel> MemoryNode::connect(const std::string& address) {
  return std::make_unique<MemoryChannel>(*this, address);
}

std::unique_ptr<Network> MemoryNetwork::join(Scheduler& scheduler, std::string name) {
  return std::make_unique<MemoryNode>(*this, scheduler, std::move(name));
}

MemoryNode* MemoryNetwork::node_at(const std::string& address) const {
  const auto found = listeners_.find(address);
  return found == listeners_.end() ? nullptr : found->second;
}

MemoryNode* MemoryNetwork::node_named(const std::string& name) const {
  const auto found = nodes_.find(name);
  return found == nodes_.end() ? nullptr : found->second;
}

void MemoryNetwork::carry(const std::string& from, const std::string& to,
                          Function<void(MemoryNode&)> arrive) {
  MemoryNode* there = node_named(to);
  if (!there || is_cut(from, to)) return;
  const auto span = static_cast<std::uint64_t>((delay_max_ - delay_min_).count()) + 1;
  const Duration delay = delay_min_ + Duration{static_cast<Duration::rep>(random_() % span)};
  const TimePoint now = there->scheduler().now();
  TimePoint& last = last_arrival_[{from, to}];
  last = std::max(last, now + delay);
  there->scheduler()
      .after(last - now,
             [this, from, to, there, arrive = std::move(arrive)]() mutable {
               if (node_named(to) == there && !is_cut(from, to)) arrive(*there);
             })
      .detach();
}

}  // namespace nano::cluster::testing
