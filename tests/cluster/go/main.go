// Command gonode is a node of Go Nano, for clusters that have nodes of both kinds: master, gate or backend,
// as its flags say. It offers the same handlers as the C++ node beside it (../node/main.cpp).
//
// It prints "ready" when it has joined the cluster and clients can connect, and ends on SIGTERM.
package main

import (
	"flag"
	"fmt"
	"log"
	"net"
	"time"

	"github.com/lonng/nano"
	"github.com/lonng/nano/component"
	"github.com/lonng/nano/serialize/json"
	"github.com/lonng/nano/session"
)

func main() {
	master := flag.Bool("master", false, "be the master of the cluster")
	registry := flag.String("registry", "", "host:port of the master, for nodes that are not")
	address := flag.String("address", "", "host:port for the other nodes")
	gate := flag.String("gate", "", "host:port for clients; none: no clients")
	websocket := flag.Bool("websocket", false, "clients use WebSocket on /nano, otherwise TCP")
	label := flag.String("label", "", "the node's label")
	name := flag.String("service", "", "the name of the service that is offered; none: no service")
	retry := flag.Duration("retry", 200*time.Millisecond, "time between attempts to register")
	verbose := flag.Bool("verbose", false, "print what Go Nano logs")
	flag.Parse()
	if *address == "" || *master == (*registry != "") {
		log.Fatal("-address is needed, and either -master or -registry")
	}

	components := &component.Components{}
	if *name != "" {
		service := newService(*label)
		session.Lifetime.OnClosed(service.onClosed)
		components.Register(service, component.WithName(*name))
	}
	components.Register(&Announcer{gate: *gate}, component.WithName("Announcer"+*address))

	options := []nano.Option{
		nano.WithComponents(components),
		nano.WithLabel(*label),
		nano.WithSerializer(json.NewSerializer()),
		nano.WithClientAddr(*gate),
		nano.WithIsWebsocket(*websocket),
		nano.WithWSPath("/nano"),
	}
	if !*verbose {
		options = append(options, nano.WithLogger(quiet{}))
	}
	if *master {
		options = append(options, nano.WithMaster())
	} else {
		options = append(options, nano.WithAdvertiseAddr(*registry, *retry))
	}
	nano.Listen(*address, options...)
}

// Announcer says when the node is ready. Go Nano calls AfterInit when the node has registered, but before it
// listens for clients.
type Announcer struct {
	component.Base
	gate string
}

func (a *Announcer) AfterInit() {
	go func() {
		for a.gate != "" {
			connection, err := net.Dial("tcp", a.gate)
			if err == nil {
				connection.Close()
				break
			}
			time.Sleep(5 * time.Millisecond)
		}
		fmt.Println("ready")
	}()
}

// Ignored is there because Go Nano refuses components without handlers.
func (a *Announcer) Ignored(*session.Session, []byte) error { return nil }

// quiet keeps Go Nano's lines about each closed session to itself, but says why the process ends.
type quiet struct{}

func (quiet) Println(v ...interface{})               {}
func (quiet) Fatal(v ...interface{})                 { log.Fatal(v...) }
func (quiet) Fatalf(format string, v ...interface{}) { log.Fatalf(format, v...) }
