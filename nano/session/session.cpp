#include "nano/session/session.h"

#include <algorithm>
#include <stdexcept>

#include "nano/session/group.h"

namespace nano {

Session::~Session() {
  if (entity_) forget_released();
}

void Session::bind(std::int64_t uid) {
  if (uid < 1)
    throw std::invalid_argument("A session is bound to a uid of 1 or more, not " + std::to_string(uid) + ".");
  const bool told = host_.observer && entity_ && uid != uid_;
  apply_uid(uid);
  if (told) host_.observer->on_bound(*this);
}

void Session::apply_uid(std::int64_t uid) {
  if (entity_ && uid != uid_) {
    if (uid_ != 0) host_.sessions.unbind(binding_);
    if (uid != 0) binding_ = host_.sessions.bind(id_, uid);
  }
  uid_ = uid;
}

void Session::set_shared(std::string_view name, std::optional<std::string> value) {
  if (value && !fits_shared(name, *value)) {
    throw std::length_error("A session shares at most " + std::to_string(limits::shared_bytes) +
                            " bytes of names and values.");
  }
  if (host_.observer && entity_) {
    host_.observer->on_shared(*this, name, value ? &*value : nullptr);  // may throw: then the old one stays
  }
  apply_shared(name, std::move(value));
}

void Session::offer_shared(std::string_view name, std::optional<std::string> value) {
  if (!value || fits_shared(name, *value)) apply_shared(name, std::move(value));
}

bool Session::fits_shared(std::string_view name, std::string_view value) const {
  std::size_t bytes = name.size() + value.size();
  for (const auto& [other, kept] : shared_) {
    if (other != name) bytes += other.size() + kept.size();
  }
  return bytes <= limits::shared_bytes;
}

void Session::apply_shared(std::string_view name, std::optional<std::string> value) {
  const auto found = shared_.find(name);
  if (!value) {
    if (found != shared_.end()) shared_.erase(found);
  } else if (found != shared_.end()) {
    found->second = std::move(*value);
  } else {
    shared_.emplace(name, std::move(*value));
  }
}

const std::string* Session::shared_bytes(std::string_view name) const {
  const auto found = shared_.find(name);
  return found == shared_.end() ? nullptr : &found->second;
}

void Session::check_latest_key(std::string_view key) {
  if (key.empty() || key.size() > limits::latest_key_bytes) {
    throw std::invalid_argument("The key of a push_latest() has 1 to " +
                                std::to_string(limits::latest_key_bytes) + " bytes, not " +
                                std::to_string(key.size()) + ".");
  }
}

void Session::wait_for_drained(std::shared_ptr<Drained::Waiting> waiting) {
  waiting_for_drained_.push_back(std::move(waiting));
  entity_->tell_when_drained();
}

void Session::on_drained() {
  if (waiting_for_drained_.empty()) return;
  go_on(std::move(waiting_for_drained_.front()));
  waiting_for_drained_.erase(waiting_for_drained_.begin());
}

void Session::go_on(std::shared_ptr<Drained::Waiting> waiting) {
  host_.scheduler().post([waiting = std::move(waiting), &scheduler = host_.scheduler()] {
    const std::coroutine_handle<> coroutine = std::exchange(waiting->coroutine, nullptr);
    if (!coroutine) return;
    scheduler.note(waiting->work);
    coroutine.resume();
  });
}

const std::string& Session::remote_address() {
  if (!texts_) texts_ = std::make_unique<Texts>();
  if (texts_->remote_address.empty() && entity_) texts_->remote_address = entity_->remote_address();
  return texts_->remote_address;
}

const std::string& Session::close_reason() const {
  static const std::string none;
  return texts_ ? texts_->close_reason : none;
}

TimePoint Session::last_activity() const { return entity_ ? entity_->last_activity() : last_activity_; }

void Session::kick(std::string_view reason) {
  if (entity_) entity_->kick(reason);
}

void Session::close() {
  if (entity_) entity_->close(WireClose::flush, {"closed_by_server", ""});
}

Subscription Session::on_closed(Function<void(Session&)> callback) {
  Subscription subscription = closed_callbacks_.add(std::move(callback));
  if (told_closed_) host_.scheduler().post([self = shared_from_this()] { self->tell_closed(); });
  return subscription;
}

void Session::tell_closed() {
  closed_callbacks_.take_each([this](Function<void(Session&)>& callback) {
    host_.scheduler().run_now([&] { callback(*this); }, "on_closed", id_);
  });
}

void Session::note_mismatch(std::string_view name, SessionData::Mismatch types) const {
  host_.log()
      .limited(std::to_string(id_), name)
      .warning("session data is of another type",
               {{"session", id_}, {"name", name}, {"stored", types.kept}, {"asked", types.asked}});
}

void Session::note_undecodable(std::string_view name, std::string_view type, const Error& error) const {
  host_.log()
      .limited(std::to_string(id_), name)
      .warning("shared session data does not decode",
               {{"session", id_}, {"name", name}, {"asked", type}, {"error", error.message}});
}

bool Session::begin_call(std::size_t bytes) {
  const std::size_t after = calls_in_flight_bytes_ + bytes;
  if (calls_in_flight_ >= host_.options.calls_in_flight_max) return false;
  if (calls_in_flight_ > 0 && after > host_.options.calls_in_flight_bytes_max) return false;
  ++calls_in_flight_;
  if (entity_) ++host_.unanswered_calls;
  calls_in_flight_bytes_ = after;
  return true;
}

void Session::end_call(std::size_t bytes) {
  NANO_ASSERT(calls_in_flight_ > 0 && calls_in_flight_bytes_ >= bytes, "a call ends once");
  --calls_in_flight_;
  if (entity_) --host_.unanswered_calls;
  calls_in_flight_bytes_ -= bytes;
  close_if_answered();
}

CallPtr Session::take_released(std::uint64_t id) {
  const auto found = std::find_if(released_.begin(), released_.end(), [id](const CallPtr& call) {
    return call->open() && call->released_id() == id;
  });
  if (found == released_.end()) return nullptr;
  CallPtr call = std::move(*found);
  released_.erase(found);
  return call;
}

void Session::forget_released() {
  for (const CallPtr& call : released_) call->forget_session();
}

void Session::close_when_answered() {
  closes_when_answered_ = true;
  close_if_answered();
}

void Session::close_if_answered() {
  if (closes_when_answered_ && calls_in_flight_ == 0 && entity_) {
    entity_->close(WireClose::flush, {"client_closed", ""});
  }
}

void Session::notify_bytes(std::string route, std::string payload) {
  host_.scheduler().post([self = shared_from_this(), route = std::move(route), payload = std::move(payload)] {
    self->host_.events().on_call({self->host_, self.get(), route, nullptr}, protocol::as_bytes(payload),
                                 Reach::cluster);
  });
}

void Session::detach(std::string reason, bool was_opened) {
  NANO_ASSERT(entity_, "a session ends once");
  remote_address();  // asked for now, as nobody knows it afterwards
  last_activity_ = entity_->last_activity();
  entity_ = nullptr;
  forget_released();
  host_.unanswered_calls -= calls_in_flight_;
  texts_->close_reason = std::move(reason);
  for (auto& waiting : std::exchange(waiting_for_drained_, {})) go_on(std::move(waiting));
  for (GroupCore* group : std::exchange(groups_, {})) group->forget(*this);
  if (uid_ != 0) host_.sessions.unbind(binding_);
  host_.sessions.erase(id_);
  if (host_.observer) host_.observer->on_ended(*this);
  host_.scheduler().post([self = shared_from_this(), was_opened] {
    self->told_closed_ = true;
    self->tell_closed();
    if (was_opened) self->host_.events().on_closed(*self);
  });
}

}  // namespace nano
