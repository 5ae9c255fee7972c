package main

import (
	"encoding/json"
	"sort"
	"strings"

	"github.com/Masterminds/sprig/v3"
	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/builtin"
)

var library = func() map[string]any {
	found := sprig.GenericFuncMap()
	delete(found, "env")
	delete(found, "expandenv")
	return found
}()

var variables map[string]any

// remember keeps the environment of the questions that follow.
func remember(q question) (any, error) {
	variables = q.Env
	return nil, nil
}

// fresh makes the environment anew: some of sprig's functions change what they are given.
func fresh() map[string]any {
	env := map[string]any{
		"asInt":    builtin.Int,
		"asFloat":  builtin.Float,
		"toJson":   toJSON,
		"jsonpath": lookUp,
		"sprig":    library,
	}
	for name, value := range variables {
		env[name] = untagged(value)
	}
	return env
}

func evaluate(q question) (any, error) { return run(q.Expression, expr.Optimize(true)) }

// mended evaluates without what expr-lang 1.17.8 does wrong: its findLast leaves values on the
// stack, which those before it are then read from, and its optimizer swaps variables.
func mended(q question) (any, error) {
	return run(q.Expression, expr.Optimize(false), expr.Patch(&backwards{}))
}

func run(text string, options ...expr.Option) (any, error) {
	env := fresh()
	program, err := expr.Compile(text, append(options, expr.Env(env))...)
	if err != nil {
		return nil, err
	}
	return expr.Run(program, env)
}

// backwards makes `findLast(x, p)` a `find(reverse(x), p)`; an index is counted from the end.
type backwards struct{}

func (*backwards) Visit(node *ast.Node) {
	call, ok := (*node).(*ast.BuiltinNode)
	if !ok || len(call.Arguments) != 2 || (call.Name != "findLast" && call.Name != "findLastIndex") {
		return
	}
	reversed := &ast.BuiltinNode{Name: "reverse", Arguments: call.Arguments[:1]}
	if call.Name == "findLast" {
		ast.Patch(node, &ast.BuiltinNode{Name: "find", Arguments: []ast.Node{reversed, call.Arguments[1]}})
		return
	}
	found := &ast.BuiltinNode{Name: "findIndex", Arguments: []ast.Node{reversed, call.Arguments[1]}}
	last := &ast.BinaryNode{Operator: "-", Left: &ast.BuiltinNode{Name: "len", Arguments: call.Arguments[:1]}, Right: &ast.IntegerNode{Value: 1}}
	ast.Patch(node, &ast.VariableDeclaratorNode{
		Name:  "backwards",
		Value: found,
		Expr: &ast.ConditionalNode{
			Cond: &ast.BinaryNode{Operator: "==", Left: &ast.IdentifierNode{Value: "backwards"}, Right: &ast.NilNode{}},
			Exp1: &ast.NilNode{},
			Exp2: &ast.BinaryNode{Operator: "-", Left: last, Right: &ast.IdentifierNode{Value: "backwards"}},
		},
	})
}

// evaluateJSON gives the value as Argo puts it into a text.
func evaluateJSON(q question) (any, error) {
	value, err := evaluate(q)
	if err != nil {
		return nil, err
	}
	encoded, err := json.Marshal(value)
	return string(encoded), err
}

func toJSON(value any) string {
	encoded, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return string(encoded)
}

// lookUp stands for Argo's jsonpath, whose library is not asked here: it knows the root only.
func lookUp(text string, path string) any {
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		panic(err)
	}
	if path != "$" {
		panic("jsonpath is not asked here")
	}
	return value
}

// functions lists what can be called, one name each: builtins as they are, sprig's with `sprig.`.
func functions() []string {
	names := []string{"asInt", "asFloat", "toJson", "jsonpath"}
	for _, function := range builtin.Builtins {
		names = append(names, function.Name)
	}
	for name := range library {
		names = append(names, "sprig."+name)
	}
	sort.Strings(names)
	return names
}

type results struct {
	Succeeded, Failed, Errored, Skipped, Omitted, Daemoned, AnySucceeded, AllFailed bool
}

// depends evaluates `a.Succeeded && !b.Failed`; the env says what is true of each task.
func depends(q question) (any, error) {
	env := map[string]results{}
	for name, value := range q.Arguments[0].(map[string]any) {
		var found results
		encoded, _ := json.Marshal(value)
		_ = json.Unmarshal(encoded, &found)
		env[strings.ReplaceAll(name, "-", "_")] = found
	}
	program, err := expr.Compile(strings.ReplaceAll(q.Expression, "-", "_"), expr.Env(env))
	if err != nil {
		return nil, err
	}
	return expr.Run(program, env)
}
