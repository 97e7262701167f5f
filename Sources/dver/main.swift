import DverCommands

runDver()
