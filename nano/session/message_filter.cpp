#include "nano/session/message_filter.h"

#include "nano/session/inflate.h"

namespace nano {

protocol::ByteView PipelineMessage::payload() const { return inbound_ ? inbound_->view() : payload_; }

}  // namespace nano
