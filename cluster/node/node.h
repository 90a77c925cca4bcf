// Public header. Node: makes an application a member of a cluster.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/network/network.h"
#include "cluster/node/node_options.h"
#include "cluster/node/routing.h"
#include "cluster/registry/member.h"
#include "nano/application/application.h"
#include "nano/base/function.h"
#include "nano/base/subscription.h"

namespace nano::cluster {

/// Links the application with the other nodes: its components serve their clients, its clients reach their
/// components. Nothing changes for handlers: a session behind another node's gate is answered, pushed to,
/// bound, kicked and closed as one of the node's own.
///
///     nano::cluster::NodeOptions cluster;
///     nano::Application app{nano::Options::from_command_line(argc, argv, {}, cluster.flags())};
///     nano::cluster::Node node{app, cluster};
///
/// Make it before app.run(), and let it live until that returns. Clients are served when the node has joined
/// the cluster; those that connect earlier wait. All calls are for the logic thread (as those of Application,
/// before run() for that of main).
class Node {
 public:
  /// Over gRPC. Impossible options, and files that cannot be used, are told by app.run(), which then does not
  /// serve. With options.standalone() the node does nothing, and costs nothing.
  Node(Application& app, NodeOptions options);
  /// Over another network, for worlds in memory (cluster/testing). Throws std::invalid_argument for
  /// impossible options.
  Node(Application& app, NodeOptions options, std::unique_ptr<Network> network);
  ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  // -- routing ----------------------------------------------------------------------------------------------

  /// Before the start: how the member is chosen that serves a session's messages for `service`, where this
  /// node does not offer it itself. Otherwise: at random.
  void set_routing(std::string service, Routing routing);

  /// This node as the others know it, once it has started; empty when it stands alone.
  Member self() const;
  /// The other members, by address.
  std::vector<Member> members() const;
  /// Requests and calls that other nodes have yet to answer: for monitoring.
  std::size_t pending_requests() const;
  /// Called when another member has come (`present`) or gone. As with Session::on_closed(), destroying the
  /// handle takes the callback back: keep it with what the callback needs, or detach() it if the callback is
  /// to stay as long as the node. (Of a node that stands alone, which calls nobody, it is inactive.)
  Subscription on_member(Function<void(const Member& member, bool present)> callback);
  /// Called on a gate for each of its sessions that used `service` on a member that is gone: what that
  /// member held for the session is lost, and the next message goes to another member. A place to tell the
  /// client, who may want to join again. The handle is as that of on_member().
  Subscription on_service_lost(Function<void(Session& session, std::string_view service)> callback);

  // -- users ------------------------------------------------------------------------------------------------

  /// Pushes to the user's sessions, whichever nodes of ours they are connected to. Nobody hears whether there
  /// were any. Errors as Session::push(); when too much waits for single nodes, after all others have been
  /// told.
  template <class T>
  void push_to_user(std::int64_t uid, std::string_view route, const T& payload) {
    std::string bytes;
    encode_payload(app_.codec(), payload, bytes);
    push_bytes_to_user(uid, route, bytes);
  }
  /// Kicks the user's sessions, whichever nodes of ours they are connected to.
  void kick_user(std::int64_t uid, std::string_view reason = "");

 private:
  class Core;

  void push_bytes_to_user(std::int64_t uid, std::string_view route, std::string_view payload);

  Application& app_;
  std::unique_ptr<Core> core_;
};

}  // namespace nano::cluster
