// Command go-nano is the benchmark's server on Go Nano. It offers the routes of nano-bench-server to TCP or
// to WebSocket clients: one process of Go Nano listens for one kind.
//
// It prints its version and its address, then "ready", and ends on SIGTERM, or with its input where
// -end-with-input is given.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/lonng/nano"
	"github.com/lonng/nano/component"
	"github.com/lonng/nano/serialize/protobuf"
)

func main() {
	websocket := flag.Bool("websocket", false, "clients use WebSocket on /nano, otherwise TCP")
	endWithInput := flag.Bool("end-with-input", false, "end when the standard input does")
	flag.Parse()
	endWhenTold(*endWithInput)

	address := freeAddress()
	kind := "tcp"
	if *websocket {
		kind = "websocket"
	}
	components := &component.Components{}
	components.Register(newBench(func() { announce(kind, address) }), component.WithName("Bench"))

	// As Go Nano's own benchmark does it, so without debug mode, which logs each message. Its logger is quiet
	// because it would write a line for each session that closes.
	nano.Listen(address,
		nano.WithComponents(components),
		nano.WithSerializer(serializer{protobuf.NewSerializer()}),
		nano.WithIsWebsocket(*websocket),
		nano.WithWSPath("/nano"),
		nano.WithLogger(quiet{}),
	)
}

// endWhenTold is there because Go Nano minds signals only some time after it begins to listen.
func endWhenTold(endWithInput bool) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM)
	go func() {
		<-signals
		os.Exit(0)
	}()
	if endWithInput {
		go func() {
			io.Copy(io.Discard, os.Stdin)
			os.Exit(0)
		}()
	}
}

// freeAddress was free a moment ago: Go Nano listens where it is told to, and does not say where.
func freeAddress() string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// announce says where the server listens, once it does.
func announce(kind, address string) {
	for {
		connection, err := net.Dial("tcp", address)
		if err == nil {
			connection.Close()
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	fmt.Printf("version go-nano %s\n%s %s\nready\n", nano.VERSION, kind, address)
}

// quiet says nothing but why the process ends.
type quiet struct{}

func (quiet) Println(v ...interface{})               {}
func (quiet) Fatal(v ...interface{})                 { log.Fatal(v...) }
func (quiet) Fatalf(format string, v ...interface{}) { log.Fatalf(format, v...) }
