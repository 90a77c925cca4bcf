// Public header. ClientTraits: what a client in the field can take, as far as it is known.
#pragma once

#include "protocol/handshake.h"

namespace nano::protocol {

/// What some clients need otherwise than the rest. The defaults are for a client that nobody knows: it gets
/// the protocol as docs/protocol.md has it.
struct ClientTraits {
  /// Masks the type in a message's flag, so that bit 5 of an error response does no harm. Without it an error
  /// is told from an answer by its payload alone.
  bool takes_error_bit = true;
  /// Understands route codes in pushes, provided it has sent one itself: who was offered a dictionary need
  /// not know what it is.
  bool takes_route_codes = true;
  /// Reads a heartbeat interval with a fraction. Others are given whole seconds.
  bool takes_fractions = true;
};

/// By what the client says of itself in its handshake. docs/protocol.md says how each client was tried.
ClientTraits traits_of(const ClientHandshake& handshake);

}  // namespace nano::protocol
