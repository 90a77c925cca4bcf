// Public header. Pipeline: filters that every message of one direction passes.
#pragma once

#include <functional>
#include <list>
#include <utility>

#include "nano/base/result.h"
#include "nano/session/message_filter.h"
#include "nano/session/session.h"

namespace nano {

/// A list of filters, run in order on the logic thread; the first error refuses the message:
/// - inbound: a refused request is answered with that error, a refused notify is dropped. Filters run before
/// the
///   route is looked up and the payload decoded.
/// - outbound: a refused response becomes that error, a refused push is dropped. Error responses of Nano's
/// own
///   are not filtered. With any outbound filter, a broadcast is encoded for each receiver.
/// A filter that throws refuses with `internal`. Add filters before the application starts: one that is added
/// later, by another filter even, harms nobody, but may miss messages.
class Pipeline final : public MessageFilter {
 public:
  using Filter = std::function<Result<void>(Session&, PipelineMessage&)>;

  void push_front(Filter filter) { filters_.push_front(std::move(filter)); }
  void push_back(Filter filter) { filters_.push_back(std::move(filter)); }
  bool empty() const { return filters_.empty(); }

  Result<void> filter(Session& session, PipelineMessage& message) override;

 private:
  std::list<Filter> filters_;  // a filter may add others while it runs
};

}  // namespace nano
