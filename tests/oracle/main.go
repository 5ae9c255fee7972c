// Answers, with the Go libraries that Argo uses, what an expression is worth.
// A line of JSON in, a line of JSON out; asked by the Python programs beside it.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"time"
)

type question struct {
	Kind       string         `json:"kind"`
	Expression string         `json:"expression"`
	Env        map[string]any `json:"env"`
	Arguments  []any          `json:"arguments"`
}

type answer struct {
	Value any    `json:"value,omitempty"`
	Type  string `json:"type,omitempty"`
	Error string `json:"error,omitempty"`
}

var kinds = map[string]func(question) (any, error){
	"env":       remember,
	"expr":      evaluate,
	"mended":    mended,
	"json":      evaluateJSON,
	"functions": func(question) (any, error) { return functions(), nil },
	"when":      when,
	"depends":   depends,
	"kubectl":   kubectlPath,
	"condition": condition,
	"jq":        jq,
	"sprintf":   func(q question) (any, error) { return fmt.Sprintf(q.Expression, typed(q.Arguments)...), nil },
	"quote":     func(q question) (any, error) { return fmt.Sprintf("%q", q.Expression), nil },
	"regexp":    match,
}

func main() {
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriter(os.Stdout)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return
		}
		encoded, err := json.Marshal(reply(line))
		if err != nil {
			encoded, _ = json.Marshal(answer{Error: "oracle: " + err.Error()})
		}
		out.Write(encoded)
		out.WriteByte('\n')
		out.Flush()
	}
}

// reply ends the program for a question that it cannot answer in time.
func reply(line []byte) (result answer) {
	late := time.AfterFunc(5*time.Second, func() { os.Exit(3) })
	defer late.Stop()
	defer func() {
		if reason := recover(); reason != nil {
			result = answer{Error: fmt.Sprint("panic: ", reason)}
		}
	}()
	var q question
	if err := json.Unmarshal(line, &q); err != nil {
		return answer{Error: "oracle: " + err.Error()}
	}
	value, err := kinds[q.Kind](q)
	if err != nil {
		return answer{Error: err.Error()}
	}
	return answer{Value: tagged(value), Type: fmt.Sprintf("%T", value)}
}
