#include "cluster/testing/memory_network.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace nano::cluster::testing {
namespace {

NetworkError nobody_listens(const std::string& address) {
  return {NetworkErrc::nobody_listens, "nobody listens at " + address};
}

NetworkError broken(std::string why) { return {NetworkErrc::unreachable, std::move(why)}; }

/// Keepalives would find a dead connection within this.
constexpr Duration dead_connection_found = std::chrono::seconds{2};

}  // namespace

class MemoryStream;

/// What the two ends of a stream have in common.
struct MemoryPipe {
  std::string names[2];
  MemoryStream* ends[2] = {nullptr, nullptr};
  TimePoint last_arrival[2] = {};
  bool lossy = false;   // a message was lost; none may arrive after it
  bool broken = false;  // and the ends are told
  bool to_be_found_out = false;
};

class MemoryNode final : public Network {
 public:
  MemoryNode(MemoryNetwork& hub, Scheduler& scheduler, std::string name)
      : hub_(hub), scheduler_(scheduler), name_(std::move(name)) {
    if (!hub_.nodes_.emplace(name_, this).second) throw std::runtime_error("two nodes are named " + name_);
  }
  ~MemoryNode() override;

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
  /// Expires with the node.
  std::weak_ptr<bool> alive() const { return alive_; }

 private:
  MemoryNetwork& hub_;
  Scheduler& scheduler_;
  const std::string name_;
  std::string address_;
  Service* service_ = nullptr;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

class MemoryStream final : public Stream {
 public:
  MemoryStream(MemoryNode& node, std::shared_ptr<MemoryPipe> pipe, int end)
      : node_(node), pipe_(std::move(pipe)), end_(end) {
    pipe_->ends[end_] = this;
  }
  ~MemoryStream() override { close(); }

  void set_events(StreamEvents& events) { events_ = &events; }

  void send(std::string message) override {
    if (closed_) return;
    if (const auto& watch = node_.hub().watch_) watch(node_.name(), pipe_->names[1 - end_], message);
    carry([message = std::move(message)](MemoryStream& other) { other.events_->on_message(message); });
  }
  void close() override {
    if (closed_) return;
    carry([](MemoryStream& other) { other.lose(broken("closed by the other side")); });
    end_quietly();
  }
  void lose(const NetworkError& why) {
    if (closed_) return;
    end_quietly();
    if (events_) events_->on_closed(why);
  }
  /// The node is not used after this.
  void end_quietly() {
    closed_ = true;
    pipe_->ends[end_] = nullptr;
  }

 private:
  template <class Arrive>
  void carry(Arrive arrive) {
    const int other = 1 - end_;
    node_.hub().carry(
        node_.name(), pipe_->names[other], &pipe_->last_arrival[other],
        [pipe = pipe_, other, arrive = std::move(arrive)](MemoryNode&) {
          if (pipe->ends[other] && !pipe->lossy && !pipe->broken) arrive(*pipe->ends[other]);
        },
        [&hub = node_.hub(), pipe = pipe_] { hub.lose_message(pipe); });
  }

  MemoryNode& node_;
  const std::shared_ptr<MemoryPipe> pipe_;
  const int end_;
  StreamEvents* events_ = nullptr;
  bool closed_ = false;
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
      node_.hub().carry(
          node_.name(), node_.name(), nullptr,
          [finish, address = address_](MemoryNode&) { finish(nobody_listens(address)); }, nullptr);
      return;
    }
    node_.hub().carry(
        node_.name(), there->name(), nullptr,
        [&hub = node_.hub(), from = node_.name(), to = there->name(), method = std::string{method},
         request = std::move(request), finish](MemoryNode& arrived) mutable {
          CallReply reply = [&hub, from, to, finish](CallOutcome outcome) {
            hub.carry(
                to, from, nullptr, [finish, outcome = std::move(outcome)](MemoryNode&) { finish(outcome); },
                nullptr);
          };
          if (!arrived.service()) return reply(nobody_listens(to));
          arrived.service()->on_call(method, request, std::move(reply));
        },
        nullptr);
  }

  std::unique_ptr<Stream> open_stream(std::string_view method, StreamEvents& events) override {
    MemoryNetwork& hub = node_.hub();
    MemoryNode* there = hub.node_at(address_);
    const std::shared_ptr<MemoryPipe> pipe = hub.make_pipe(node_.name(), there ? there->name() : "");
    auto stream = std::make_unique<MemoryStream>(node_, pipe, 0);
    stream->set_events(events);
    if (!there) {
      hub.break_pipe(pipe, nobody_listens(address_), hub.draw_delay());
      return stream;
    }
    hub.carry(
        node_.name(), there->name(), &pipe->last_arrival[1],
        [pipe, method = std::string{method}](MemoryNode& arrived) {
          if (pipe->lossy || pipe->broken) return;
          auto other = std::make_unique<MemoryStream>(arrived, pipe, 1);
          MemoryStream* raw = other.get();
          StreamEvents* told =
              arrived.service() ? arrived.service()->on_stream(method, std::move(other)) : nullptr;
          if (told) raw->set_events(*told);
        },
        [&hub, pipe] { hub.lose_message(pipe); });
    return stream;
  }

 private:
  MemoryNode& node_;
  const std::string address_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

MemoryNode::~MemoryNode() {
  stop();
  hub_.nodes_.erase(name_);
  hub_.frozen_.erase(name_);
  for (const std::shared_ptr<MemoryPipe>& pipe : hub_.pipes_of(name_)) {
    for (const int end : {0, 1}) {
      if (pipe->names[end] == name_ && pipe->ends[end]) pipe->ends[end]->end_quietly();
    }
    const bool is_cut = hub_.is_cut(pipe->names[0], pipe->names[1]);
    hub_.break_pipe(pipe, broken("connection reset"), is_cut ? dead_connection_found : hub_.draw_delay());
  }
}

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

Duration MemoryNetwork::draw_delay() {
  const auto span = static_cast<std::uint64_t>((delay_max_ - delay_min_).count()) + 1;
  return delay_min_ + Duration{static_cast<Duration::rep>(random_() % span)};
}

void MemoryNetwork::carry(const std::string& from, const std::string& to, TimePoint* last,
                          Function<void(MemoryNode&)> arrive, Function<void()> lost) {
  MemoryNode* there = node_named(to);
  if (!there || is_cut(from, to)) {
    if (lost) lost();
    return;
  }
  const TimePoint now = there->scheduler().now();
  TimePoint arrival = now + draw_delay();
  if (last) arrival = *last = std::max(*last, arrival);
  auto arrived = [there, alive = there->alive(), arrive = std::move(arrive)]() mutable {
    if (!alive.expired()) arrive(*there);
  };
  there->scheduler()
      .after(arrival - now,
             [this, from, to, arrived = std::move(arrived), lost = std::move(lost)]() mutable {
               if (!is_cut(from, to)) return hand_over(to, std::move(arrived));
               if (lost) lost();
             })
      .detach();
}

void MemoryNetwork::hand_over(const std::string& name, Function<void()> arrived) {
  const auto frozen = frozen_.find(name);
  if (frozen == frozen_.end()) return arrived();
  frozen->second.arrived.push_back(std::move(arrived));
}

void MemoryNetwork::thaw(const std::string& name) {
  const auto frozen = frozen_.find(name);
  if (frozen == frozen_.end()) return;
  MemoryNode* node = node_named(name);
  if (!node) return void(frozen_.erase(frozen));
  frozen->second.thawing = true;  // until then, what arrives queues up behind the rest
  node->scheduler()
      .after(Duration::zero(),
             [this, name] {
               const auto still = frozen_.find(name);
               if (still == frozen_.end() || !still->second.thawing) return;
               auto all = std::move(still->second.arrived);
               frozen_.erase(still);
               for (Function<void()>& arrived : all) arrived();
             })
      .detach();
}

void MemoryNetwork::cut(const std::string& one, const std::string& other) {
  cuts_.insert(pair_of(one, other));
  for (const auto& pipe : pipes_between(one, other)) find_out_later(pipe);
}

void MemoryNetwork::reset_streams(const std::string& one, const std::string& other) {
  for (const auto& pipe : pipes_between(one, other))
    break_pipe(pipe, broken("connection reset"), Duration::zero());
}

std::shared_ptr<MemoryPipe> MemoryNetwork::make_pipe(const std::string& from, const std::string& to) {
  std::erase_if(pipes_, [](const std::weak_ptr<MemoryPipe>& pipe) { return pipe.expired(); });
  auto pipe = std::make_shared<MemoryPipe>(MemoryPipe{.names = {from, to}});
  pipes_.push_back(pipe);
  return pipe;
}

std::vector<std::shared_ptr<MemoryPipe>> MemoryNetwork::pipes_of(const std::string& name) const {
  std::vector<std::shared_ptr<MemoryPipe>> found;
  for (const auto& weak : pipes_) {
    auto pipe = weak.lock();
    if (pipe && (pipe->names[0] == name || pipe->names[1] == name)) found.push_back(std::move(pipe));
  }
  return found;
}

std::vector<std::shared_ptr<MemoryPipe>> MemoryNetwork::pipes_between(const std::string& one,
                                                                      const std::string& other) const {
  std::vector<std::shared_ptr<MemoryPipe>> found = pipes_of(one);
  std::erase_if(found, [&](const auto& pipe) {
    return pair_of(pipe->names[0], pipe->names[1]) != pair_of(one, other);
  });
  return found;
}

void MemoryNetwork::lose_message(const std::shared_ptr<MemoryPipe>& pipe) {
  pipe->lossy = true;
  find_out_later(pipe);
}

void MemoryNetwork::find_out_later(const std::shared_ptr<MemoryPipe>& pipe) {
  MemoryNode* node = node_named(pipe->names[0]);
  if (!node) node = node_named(pipe->names[1]);
  if (!node || std::exchange(pipe->to_be_found_out, true)) return;
  node->scheduler()
      .after(dead_connection_found,
             [this, pipe] {
               pipe->to_be_found_out = false;
               if (!pipe->lossy && !is_cut(pipe->names[0], pipe->names[1])) return;
               break_pipe(pipe, broken("the connection is dead"), Duration::zero());
             })
      .detach();
}

void MemoryNetwork::break_pipe(const std::shared_ptr<MemoryPipe>& pipe, const NetworkError& why,
                               Duration told_after) {
  if (std::exchange(pipe->broken, true)) return;
  for (const int end : {0, 1}) {
    MemoryNode* node = node_named(pipe->names[end]);
    if (!node) continue;
    auto tell = [pipe, end, why] {
      if (pipe->ends[end]) pipe->ends[end]->lose(why);
    };
    node->scheduler()
        .after(told_after,
               [this, name = pipe->names[end], tell]() mutable { hand_over(name, std::move(tell)); })
        .detach();
  }
}

}  // namespace nano::cluster::testing
